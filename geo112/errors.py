"""One shape for every error that the API answers with.

{"error": {"code": "unit_taken", "message": "…", "field": null, "detail": {…}}}
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found, server_error
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from maps.errors import DispatchError

API = "/api/"


def body(code: str, message: object, *, field: str | None = None, detail: Any = None) -> dict[str, Any]:
    """The one error shape."""
    return {"error": {"code": code, "message": str(message), "field": field, "detail": detail or {}}}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: renders domain errors, input errors and DRF's own in the one shape."""
    if isinstance(error, DispatchError):
        set_rollback()
        return Response(
            body(error.code, error.message, field=error.field, detail=error.detail), status=int(error.status)
        )
    response = exception_handler(error, context)
    if response is not None:
        response.data = _body_of(error, response.data)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 outside every view: the one shape for the API, a page for people."""
    if request.path.startswith(API):
        return JsonResponse(body("not_found", _("There is nothing at this address.")), status=404)
    return page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """500, a fault of ours: the one shape for the API, a page for people."""
    if request.path.startswith(API):
        return JsonResponse(body("server_error", _("Something failed on the server; it is in its log.")), status=500)
    return server_error(request)


def _body_of(error: Exception, data: Any) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        field, message = _first_problem(data)
        return body("invalid", message, field=field, detail=data if isinstance(data, dict) else {"problems": data})
    if isinstance(error, Http404):
        return body("not_found", data["detail"])
    if isinstance(error, PermissionDenied):
        return body("permission_denied", data["detail"])
    return body(getattr(error, "default_code", "error"), data.get("detail", error))


def _as_dict(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {"problems": data}


def _first_problem(data: Any, path: str = "") -> tuple[str | None, str]:
    """Walks DRF's nested validation errors to the first message: ("slots.0.count", "…")."""
    if isinstance(data, dict) and data:
        key, inner = next(iter(data.items()))
        name = path if key == "non_field_errors" else f"{path}.{key}".lstrip(".")
        return _first_problem(inner, name)
    if isinstance(data, list) and data:
        index = next((i for i, item in enumerate(data) if item), 0)
        inner = data[index]
        return _first_problem(inner, f"{path}.{index}".lstrip(".") if isinstance(inner, dict) else path)
    return path or None, str(data)
