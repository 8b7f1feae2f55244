"""Every write about calls: one function per verb of a call-taker. A call is not an incident."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from incidents.errors import CallTaken
from incidents.models import Call, Disposition


def ring(*, number: str = "", line: str = "112", received_at: datetime | None = None) -> Call:
    """A call comes in and waits for somebody to answer."""
    return Call.objects.create(number=number, line=line, received_at=received_at or timezone.now())


def answer_new(*, by_id: int | None, number: str = "", words: str = "", line: str = "112") -> Call:
    """A call-taker answers a call that no exchange announced: it is open from the start."""
    now = timezone.now()
    return Call.objects.create(
        number=number,
        words=words,
        line=line,
        status=Call.Status.OPEN,
        taker_id=by_id,
        received_at=now,
        answered_at=now,
    )


def take(*, call_id: int, by_id: int | None) -> Call:
    """Answer a waiting call. Raises CallTaken when somebody else was quicker."""
    waiting = Call.objects.filter(pk=call_id, status=Call.Status.WAITING)
    taken = waiting.update(status=Call.Status.OPEN, taker=by_id, answered_at=timezone.now())
    call = Call.objects.select_related("taker").get(pk=call_id)
    if not taken and not (call.status == Call.Status.OPEN and call.taker_id == by_id):
        raise _gone(call)
    return call


def write_down(*, call_id: int, words: str) -> Call:
    """Keep what the caller says. Ended calls keep theirs: raises CallTaken."""
    call = Call.objects.select_related("taker").get(pk=call_id)
    if not Call.objects.exclude(status=Call.Status.ENDED).filter(pk=call_id).update(words=words):
        raise _gone(call)
    return Call.objects.select_related("taker").get(pk=call_id)


def dispose(*, call_id: int, disposition: str, by_id: int | None) -> Call:
    """End a call that is no emergency. Raises CallTaken when it has ended already."""
    return _end(call_id=call_id, disposition=disposition, incident_id=None, by_id=by_id, at=timezone.now())


def attach(*, call_id: int, incident_id: int, by_id: int | None, at: datetime) -> Call:
    """End a call as one that told of an incident, new or known. Raises CallTaken when it has ended already."""
    incident = Disposition.INCIDENT
    return _end(call_id=call_id, disposition=incident, incident_id=incident_id, by_id=by_id, at=at)


def reopen(*, call_id: int, by_id: int | None) -> Call:
    """Take back the disposal of a call that was no emergency: a slip of the finger. Raises CallTaken."""
    noise = Call.objects.filter(pk=call_id, status=Call.Status.ENDED, incident=None)
    now = timezone.now()
    opened = noise.update(
        status=Call.Status.OPEN,
        disposition=None,
        ended_at=None,
        taker=Coalesce(F("taker"), by_id),
        answered_at=Coalesce(F("answered_at"), now),
    )
    call = Call.objects.select_related("taker").get(pk=call_id)
    if not opened:
        raise _gone(call)
    return call


@transaction.atomic
def _end(*, call_id: int, disposition: str, incident_id: int | None, by_id: int | None, at: datetime) -> Call:
    """Nobody answered a dropped call; whoever ends any other has answered it at the latest now."""
    dropped = disposition == Disposition.DROPPED
    ended = (
        Call.objects.exclude(status=Call.Status.ENDED)
        .filter(pk=call_id)
        .update(
            status=Call.Status.ENDED,
            disposition=disposition,
            incident=incident_id,
            ended_at=at,
            taker=F("taker") if dropped else Coalesce(F("taker"), by_id),
            answered_at=F("answered_at") if dropped else Coalesce(F("answered_at"), at),
        )
    )
    call = Call.objects.select_related("taker").get(pk=call_id)
    if not ended:
        raise _gone(call)
    return call


def words_of(call_id: int | None) -> str:
    """What was written down of a call."""
    return Call.objects.values_list("words", flat=True).get(pk=call_id) if call_id else ""


def _gone(call: Call) -> CallTaken:
    name = str(call.taker) if call.taker else None
    return CallTaken(status=call.status, by=name, at=call.ended_at or call.answered_at)
