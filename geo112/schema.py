"""What the OpenAPI schema says of the whole API: how a crew's phone signs in, and the one error shape."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "field", "detail"],
            "properties": {
                "code": {"type": "string", "example": "unit_taken"},
                "message": {"type": "string"},
                "field": {"type": "string", "nullable": True},
                "detail": {"type": "object", "additionalProperties": True},
            },
        }
    },
}


class DeviceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped upstream
    """A device's token in the Authorization header."""

    target_class = "units.authentication.DeviceAuthentication"
    name = "deviceToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "The token of a unit's device, shown once."}


def with_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing hook: every operation may answer 4XX in the one shape."""
    result["components"].setdefault("schemas", {})["Error"] = ERROR_SCHEMA
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("4XX", {"description": "What was wrong.", "content": content})
    return result
