import pytest
from django.test import Client


def test_alive_needs_no_database(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "alive"}


@pytest.mark.django_db
def test_ready_without_a_region(client: Client) -> None:
    assert client.get("/health/ready").json() == {"status": "ready", "region": None}
