"""Who may do what: the roles, and the permission that every API view obeys.

A view declares the roles it admits as data: `roles = {"GET": STAFF, "POST": {"dispatcher"}}` or one
set for every method. A view that declares nothing admits nobody.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from django.contrib.auth.mixins import AccessMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from maps.actor import set_actor

if TYPE_CHECKING:  # rest_framework.views imports this module while it is being imported itself
    from rest_framework.views import APIView

ROLES = ("dispatcher", "supervisor", "planner", "agency", "administrator")
CREW = "crew"

if TYPE_CHECKING:
    from geo112.models import User

Roles = Collection[str] | Mapping[str, Collection[str]]


def role_of(request: HttpRequest | Request) -> str | None:
    """The role behind a request: a user's, "crew" for a device's token, None for nobody."""
    user = request.user
    if getattr(user, "is_crew_device", False):
        return CREW
    if not user.is_authenticated or not user.is_active:
        return None
    return str(user.role)


def user_of(request: Request) -> "User":
    """The person behind a request that the permission let in as one of ROLES."""
    user = request.user
    assert user.is_authenticated
    return user


def admits(roles: Roles, method: str, role: str | None) -> bool:
    """Whether `role` may use `method` (HEAD and OPTIONS follow GET)."""
    method = "GET" if method in {"HEAD", "OPTIONS"} else method
    allowed = roles.get(method, ()) if isinstance(roles, Mapping) else roles
    return role is not None and role in allowed


class RolePermission(BasePermission):
    """DRF's default permission: the roles that the view itself declares."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return admits(getattr(view, "roles", ()), request.method or "", role_of(request))


class SignedIn(BasePermission):
    """Any person who is signed in, whatever the role."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return role_of(request) in ROLES


class ActorMiddleware:
    """Names the signed-in person to the log's triggers for the length of a request that may write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        user = request.user
        actor = f"user:{user.pk} {user.get_username()}" if user.is_authenticated else ""
        set_actor(actor, source_ip=request.META.get("REMOTE_ADDR", ""))
        try:
            return self.get_response(request)
        finally:
            set_actor("")


class RoleRequired(AccessMixin):
    """For pages: sends strangers to the login, and refuses roles not named in `roles`."""

    roles: Collection[str] = ()

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if role_of(request) is None:
            return self.handle_no_permission()
        if role_of(request) not in self.roles:
            self.raise_exception = True
            return self.handle_no_permission()
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # View's
        return response
