"""The one family of errors that a user of the API can meet."""

from http import HTTPStatus
from typing import Any


class DispatchError(Exception):
    """Something a person asked for that cannot be done, with what to tell them.

    code    stable machine-readable name, snake_case
    status  HTTP status that the API answers with
    field   the input at fault, where there is one
    detail  further facts for the client (JSON-serialisable)
    """

    code = "error"
    status: HTTPStatus = HTTPStatus.BAD_REQUEST

    def __init__(self, message: object, *, field: str | None = None, detail: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.detail = detail or {}
