"""Small makers of people."""

from itertools import count

from geo112.models import User
from units.models import Agency

_number = count(1)


def make_user(role: str = "dispatcher", agency: Agency | None = None) -> User:
    """A user of this role with the password "secret"."""
    return User.objects.create_user(username=f"{role}{next(_number)}", password="secret", role=role, agency=agency)
