"""A job in words: for WhatsApp, or to read aloud on the radio."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from incidents.rules import ASSIGNMENT_ENDED

State = dict[str, Any]
LANGUAGES = ("id", "en")


def job_text(incident: State) -> dict[str, Any]:
    """The job of an incident's state, in both languages, with a `geo:` link and a web map's address."""
    at = f"{incident['lat']:.6f},{incident['lon']:.6f}"
    return {
        "text": {language: _in(language, lambda: _text(incident)) for language in LANGUAGES},
        "geo_uri": f"geo:{at}?q={at}({quote(incident['number'])})",
        "map_url": map_url(incident),
    }


def map_url(incident: State) -> str:
    """An address that phones open in their own map."""
    return f"https://www.google.com/maps/search/?api=1&query={incident['lat']:.6f},{incident['lon']:.6f}"


def _in(language: str, write: Callable[[], str]) -> str:
    with translation.override(language):
        return write()


def _text(incident: State) -> str:
    lines = [
        f"{_type_name(incident).upper()} · P{incident['priority']} · {incident['number']}",
        _labelled(_("Reported"), f"“{incident['words']}”" if incident["words"] else ""),
        _labelled(_("Place"), _place(incident)),
        _labelled(_("Landmark"), _landmark(incident)),
        _labelled(_("Coordinates"), f"{incident['lat']:.5f}, {incident['lon']:.5f}"),
        _labelled(_("Map"), map_url(incident)),
        _labelled(_("Units"), _units(incident)),
        _labelled(_("Opened"), _clock(incident["opened_at"])),
    ]
    return "\n".join(line for line in lines if line)


def _labelled(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""


def _type_name(incident: State) -> str:
    return str(incident["type_name"]["en" if translation.get_language() == "en" else "id"])


def _place(incident: State) -> str:
    """Street and districts from the columns, so that they read right in any language."""
    parts = [incident["street"], incident["kelurahan"], incident["kecamatan"], incident["regency"]]
    return ", ".join(part for part in parts if part) or incident["place_words"]


def _landmark(incident: State) -> str:
    found = incident["landmark"]
    if not found:
        return ""
    if found["distance_m"] < AT_M:
        return str(found["name"])
    return _("%(metres)d m %(compass)s of %(name)s") % {
        "metres": round(found["distance_m"], -1),
        "compass": _compass(found["compass"]),
        "name": found["name"],
    }


AT_M = 25


def _compass(point: str) -> str:
    words = {
        "N": _("north"),
        "NE": _("north-east"),
        "E": _("east"),
        "SE": _("south-east"),
        "S": _("south"),
        "SW": _("south-west"),
        "W": _("west"),
        "NW": _("north-west"),
    }
    return words.get(point, point)


def _units(incident: State) -> str:
    return ", ".join(a["callsign"] for a in incident["assignments"] if a["status"] not in ASSIGNMENT_ENDED)


def _clock(moment: str) -> str:
    parsed = parse_datetime(moment)
    return f"{timezone.localtime(parsed):%d-%m-%Y %H:%M:%S %Z}" if parsed else moment
