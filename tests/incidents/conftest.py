"""The small city of `makers`, and people who look at it."""

from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from geo112.models import User
from maps.models import Region
from maps.routing import forget_current_router
from tests.geo112.makers import make_user
from tests.incidents.makers import make_city


@pytest.fixture
def city(db: None) -> Iterator[Region]:
    yield make_city()
    forget_current_router()


@pytest.fixture
def no_roads(db: None) -> Iterator[None]:
    forget_current_router()
    yield
    forget_current_router()


@pytest.fixture
def dispatcher(db: None) -> User:
    return make_user("dispatcher")


@pytest.fixture
def desk(dispatcher: User) -> APIClient:
    """A client signed in as a dispatcher."""
    return client_of(dispatcher)


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client
