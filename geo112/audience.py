"""What each stream's user may see, read from the database."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from asgiref.typing import HTTPScope
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest
from django.db import connection

from geo112.bus import KINDS, Changes
from geo112.models import User
from incidents import states

State = dict[str, list[dict[str, Any]]]
T = TypeVar("T")


@dataclass(frozen=True)
class Audience:
    """All users who see the same: `agency_id` is None for those who see everything."""

    agency_id: int | None = None

    def sees(self, state: State) -> State:
        """The part of a state that this audience may see."""
        if self.agency_id is None:
            return state
        return {kind: states.seen_by_agency(kind, rows, self.agency_id) for kind, rows in state.items()}

    def loses(self, state: State) -> dict[str, list[int]]:
        """Ids in a change that this audience may not see: what it saw of them before is to be dropped."""
        if self.agency_id is None:
            return {}
        seen = self.sees(state)
        return {
            kind: sorted({row["id"] for row in rows} - {row["id"] for row in seen[kind]})
            for kind, rows in state.items()
        }


def audience_for(user: User) -> Audience:
    """Agency users see their agency's share, everybody else sees all."""
    return Audience(user.agency_id if user.role == User.Role.AGENCY else None)


def audience_of(scope: HTTPScope) -> Audience | None:
    """The audience behind a request's session cookie; None for strangers. Reads the database."""
    request = ASGIRequest(scope, BytesIO())
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return audience_for(user) if isinstance(user, User) and user.is_active else None


def read_snapshot() -> State:
    """All units, all incidents that are not closed, all calls that wait."""
    return {kind: states.READERS[kind](None) for kind in KINDS}


def read_changes(changes: Changes) -> State:
    """The newest state of what changed; kinds without a change are left out."""
    wanted = {kind: changes.wanted(kind) for kind in KINDS}
    return {kind: states.READERS[kind](ids) for kind, ids in wanted.items() if ids is None or ids}


async def in_database(read: Callable[[], T]) -> T:
    """Run a database read in a thread and give its connection back to the pool."""

    def task() -> T:
        try:
            return read()
        finally:
            connection.close()

    return await sync_to_async(task, thread_sensitive=False)()
