import json
from io import StringIO

from django.core.management import call_command


def test_the_schema_is_valid_and_complete() -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=out)
    paths = json.loads(out.getvalue())["paths"]
    assert {"/api/v1/incidents/", "/api/v1/units/", "/api/v1/places/", "/api/v1/planning/reach/"} <= set(paths)
