import json
from http import HTTPStatus

from django.test import Client, RequestFactory
from rest_framework.exceptions import ErrorDetail, ValidationError

from geo112.errors import failed, handle
from maps.errors import DispatchError


class Refused(DispatchError):
    code = "refused"
    status = HTTPStatus.CONFLICT


def test_domain_error() -> None:
    response = handle(Refused("No.", field="unit", detail={"who": "x"}), {})
    assert response is not None
    assert response.status_code == 409
    assert response.data == {"error": {"code": "refused", "message": "No.", "field": "unit", "detail": {"who": "x"}}}


def test_input_error_names_the_nested_field() -> None:
    error = ValidationError({"slots": [{}, {"count": [ErrorDetail("Too many.", code="max")]}]})
    response = handle(error, {})
    assert response is not None
    assert response.data["error"]["field"] == "slots.1.count"
    assert response.data["error"]["message"] == "Too many."


def test_what_is_not_ours_is_left_to_django() -> None:
    assert handle(RuntimeError("bug"), {}) is None


def test_an_address_that_is_not_there(client: Client) -> None:
    response = client.get("/api/v1/nothing/")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


def test_a_fault_of_ours() -> None:
    response = failed(RequestFactory().get("/api/v1/units/"))
    assert response.status_code == 500
    assert json.loads(response.content)["error"]["code"] == "server_error"
