"""What is said about an answer: how it was made, and what it is not."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geo112.planning.study import Question


def method(question: Question) -> str:
    """How the numbers were made, in one sentence."""
    return _(
        "Fastest drive by road from the nearest of the origins (exact search over every road), "
        "by the speeds of the profile “%(profile)s”; roads are counted in metres, in part where the time runs out "
        "on them, buildings once each at the road nearest to them."
    ) % {"profile": profile_name(question.profile)}


def caveats(question: Question, answer: dict[str, Any]) -> list[str]:
    """What the numbers are not."""
    notes = [_("Speeds are assumed by road class, not yet calibrated with this city's own GPS tracks.")]
    if question.prep_s:
        notes.append(
            _("%(seconds)d s of each limit are taken as passing before the wheels turn (call and turnout).")
            % {"seconds": question.prep_s}
        )
    if question.origins == "stations":
        notes.append(_("Every station is taken to have a crew that is free; positions of stations as recorded here."))
    else:
        notes.append(_("Units that were free when this was computed; it is another picture in a minute."))
    notes.append(_("No traffic and no queue of calls. Houses missing from the map are not counted."))
    if answer["left_out"]:
        names = ", ".join(origin["name"] for origin in answer["left_out"])
        notes.append(_("Left out, more than 500 m from any road: %(names)s.") % {"names": names})
    if answer["data"]["is_sketch"]:
        notes.append(_("This region is a hand-drawn sketch: a demonstration, not a basis for decisions."))
    return notes


def profile_name(profile: str) -> str:
    """A travel profile for people."""
    names = {
        "fire_engine": _("fire engine"),
        "ambulance": _("ambulance"),
        "rescue_car": _("rescue car"),
        "motorcycle": _("motorcycle"),
        "car": _("car"),
    }
    return names[profile]


def origins_words(question: Question, number: int) -> str:
    """ "7 stations of DAMKAR"."""
    if question.origins == "stations":
        whose = question.agency or kind_name(question.kind)
        return ngettext("%(n)d station", "%(n)d stations", number) % {"n": number} + (f" · {whose}" if whose else "")
    whose = question.agency or kind_name(question.kind)
    return ngettext("%(n)d free unit", "%(n)d free units", number) % {"n": number} + (f" · {whose}" if whose else "")


def kind_name(kind: str) -> str:
    """A kind of agency for people; "" for none."""
    names = {
        "": "",
        "fire": _("fire"),
        "sar": _("search and rescue"),
        "medical": _("medical"),
        "disaster": _("disaster"),
        "police": _("police"),
    }
    return names[kind]


def limit_words(limit_s: int) -> str:
    """ "5 minutes", or seconds where it is no whole minute."""
    if limit_s % 60:
        return _("%(seconds)d s") % {"seconds": limit_s}
    return _("%(minutes)d min") % {"minutes": limit_s // 60}
