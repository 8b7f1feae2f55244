"""An answer as a report to mail: its shapes, finished words and table for `maps.reports`."""

from typing import Any

import orjson
from django.db import connection
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geo112.planning import words
from geo112.planning.standards import STANDARDS
from geo112.planning.study import Answer, Question, bounds_of
from maps.models import District, Region
from maps.reports import HATCH, Layer, LegendEntry, Report, Table, band_colours

OPACITY = 0.6  # of bands on the map

# Main roads as lines in degrees, to the metre: rank 4 and better are tertiary roads and above.
MAIN_ROADS = """
    SELECT name, ST_AsGeoJSON(ST_Transform(ST_Simplify(geom, 5), 4326), 5)
    FROM maps_tileroad
    WHERE region_id = %s AND rank <= 4 AND zoom_min <= 14 AND zoom_max >= 14
"""


def report_of(answer: Answer) -> Report:
    """The report of an answer in the active language."""
    question = Question(**{**answer["question"], "limits_s": tuple(answer["question"]["limits_s"])})
    region = Region.objects.get(build=answer["data"]["build"], is_active=True)
    districts = district_features(answer, region)
    return Report(
        language=(get_language() or "id")[:2],
        title=_("Reach · %(region)s") % {"region": answer["data"]["region"]},
        subtitle=" · ".join(
            [words.origins_words(question, len(answer["origins"])), words.profile_name(question.profile)]
        ),
        bounds=bounds_of(districts) if districts else region.bounds.extent,
        layers=layers_of(answer, question, districts, region),
        legend_title=_("Time since the call") if question.prep_s else _("Driving time from the nearest origin"),
        legend=legend_of(question),
        facts=facts_of(answer, question),
        notes=[answer["method"], *answer["caveats"]],
        attribution=answer["data"]["attribution"],
        table=table_of(answer, question),
    )


def layers_of(answer: Answer, question: Question, districts: list[Answer], region: Region) -> list[Layer]:
    """From bottom to top: bands, gaps, roads, districts, origins."""
    colours = band_colours(len(question.limits_s))
    bands = [
        Layer(band_words(question, index), [band], line=colour, weight=0, fill=colour, fill_opacity=OPACITY)
        for index, (band, colour) in enumerate(zip(answer["bands"], colours, strict=True))
    ]
    limit = words.limit_words(question.limits_s[-1])
    return [
        *bands,
        Layer(_("Roads, more than %(limit)s") % {"limit": limit}, [answer["gaps"]], line="#1c2328", fill=HATCH),
        Layer(_("Main roads"), road_features(region), line="#5b646b", weight=1.2),
        Layer(_("Districts"), districts, line="#14191c", weight=1, fill="#ffffff", fill_opacity=0, switchable=False),
        Layer(_("Names of districts"), name_features(answer, region), weight=0, radius_px=0, permanent=True),
        Layer(_("Origins"), origin_features(answer), line="#14191c", weight=3, fill="#ffffff", fill_opacity=1),
    ]


def district_features(answer: Answer, region: Region) -> list[Answer]:
    """Outlines with what stands at the pointer."""
    lines = {line["code"]: line for line in answer["districts"]}
    rows: Any = District.objects.with_outline().filter(region=region, level=answer["question"]["level"], code__in=lines)
    return [
        feature(orjson.loads(district.outline.geojson), district_words(lines[district.code], answer))
        for district in rows.order_by("name")
    ]


def name_features(answer: Answer, region: Region) -> list[Answer]:
    """A point with the name of each district."""
    codes = [line["code"] for line in answer["districts"]]
    rows = District.objects.filter(region=region, level=answer["question"]["level"], code__in=codes)
    return [feature(orjson.loads(district.point.geojson), district.name) for district in rows.only("name", "point")]


def district_words(line: Answer, answer: Answer) -> str:
    """Name, and shares within every limit."""
    shares = [
        _("%(limit)s: roads %(roads)s, buildings %(buildings)s")
        % {
            "limit": words.limit_words(limit_s),
            "roads": percent(line["covered"][str(limit_s)]),
            "buildings": percent(line["buildings_covered"][str(limit_s)]),
        }
        for limit_s in answer["question"]["limits_s"]
    ]
    return "\n".join([line["name"], *shares])


def road_features(region: Region) -> list[Answer]:
    """Main roads, joined by nothing: as they were imported."""
    with connection.cursor() as cursor:
        cursor.execute(MAIN_ROADS, [region.pk])
        return [feature(orjson.loads(line), name) for name, line in cursor.fetchall()]


def origin_features(answer: Answer) -> list[Answer]:
    """A dot with its name for each origin."""
    return [
        feature({"type": "Point", "coordinates": [origin["lon"], origin["lat"]]}, origin["name"])
        for origin in answer["origins"]
    ]


def feature(geometry: Answer, text: str) -> Answer:
    """A GeoJSON feature with the words of its pointer."""
    return {"type": "Feature", "properties": {"words": text}, "geometry": geometry}


def band_words(question: Question, index: int) -> str:
    """ "up to 5 min", "5 min – 10 min"."""
    to = words.limit_words(question.limits_s[index])
    if index == 0:
        return _("up to %(to)s") % {"to": to}
    return _("%(from)s – %(to)s") % {"from": words.limit_words(question.limits_s[index - 1]), "to": to}


def legend_of(question: Question) -> list[LegendEntry]:
    """Bands and stripes."""
    colours = band_colours(len(question.limits_s))
    bands = [LegendEntry(colour, band_words(question, index), OPACITY) for index, colour in enumerate(colours)]
    gap = _("Roads, more than %(limit)s") % {"limit": words.limit_words(question.limits_s[-1])}
    return [*bands, LegendEntry(HATCH, gap)]


def facts_of(answer: Answer, question: Question) -> list[tuple[str, str]]:
    """What the numbers rest on."""
    preparation = _("%(seconds)d s") % {"seconds": question.prep_s}
    named = [(_("Standard"), f"{one.name} ({one.source})") for one in STANDARDS.values() if one.is_asked_by(question)]
    return [
        *named,
        (_("Origins"), words.origins_words(question, len(answer["origins"]))),
        (_("Limits"), ", ".join(words.limit_words(limit_s) for limit_s in question.limits_s)),
        (_("Preparation within each limit"), preparation),
        (_("Vehicle"), words.profile_name(question.profile)),
        (_("Computed"), moment(answer["computed_at"])),
        (_("Roads of"), moment(answer["data"]["imported_at"])),
    ]


def table_of(answer: Answer, question: Question) -> Table:
    """By district with every limit, the total last."""
    limits = [str(limit_s) for limit_s in question.limits_s]
    head = [_("District"), _("Roads, km")]
    head += [_("Roads ≤ %(limit)s") % {"limit": words.limit_words(int(limit))} for limit in limits]
    head += [_("Buildings")]
    head += [_("Buildings ≤ %(limit)s") % {"limit": words.limit_words(int(limit))} for limit in limits]
    lines = [*answer["districts"], {"name": _("All districts"), **answer["total"]}]
    rows = [
        [
            line["name"],
            number(line["road_length_m"] / 1000, 1),
            *(percent(line["covered"][limit]) for limit in limits),
            number(line["buildings"], 0),
            *(percent(line["buildings_covered"][limit]) for limit in limits),
        ]
        for line in lines
    ]
    return Table(_("Share of road length and of buildings that are reached"), head, rows)


def percent(share: float | None) -> str:
    """A share in the reader's own form; never 100 % when something is missing."""
    if share is None:
        return "–"
    if 0.999 < share < 1:
        return f">{number(99.9, 1)}%"
    return f"{number(share * 100, 1)}%"


def number(value: float, digits: int) -> str:
    """A number in the reader's own form."""
    return str(formats.number_format(round(value, digits), decimal_pos=digits, use_l10n=True, force_grouping=True))


def moment(text: str) -> str:
    """A moment in the reader's own form and the city's time."""
    parsed: Any = parse_datetime(text)
    return str(formats.date_format(timezone.localtime(parsed), "j F Y H:i"))
