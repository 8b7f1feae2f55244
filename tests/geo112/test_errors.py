from http import HTTPStatus

from rest_framework.exceptions import ErrorDetail, ValidationError

from geo112.errors import handle
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
