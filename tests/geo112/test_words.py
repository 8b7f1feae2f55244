"""What the console says of what the server names."""

import pytest
from django.conf import settings

from maps.models import District, Place

WORDS = (settings.BASE_DIR / "geo112/console/static/console/words.js").read_text()


@pytest.mark.parametrize("kind", [*Place.Kind.values, *District.Level.values])
def test_every_kind_of_place_has_a_word_in_both_languages(kind: str) -> None:
    assert WORDS.count(f'"at.{kind}": ') == 2
