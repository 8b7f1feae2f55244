"""The planner's page, its table as CSV and its report as one file."""

import csv
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from rest_framework.exceptions import ValidationError

from geo112.access import RoleRequired, role_of
from geo112.planning import words
from geo112.planning.api import ROLES, answer_to, question_of
from geo112.planning.report import report_of
from geo112.planning.standards import STANDARDS
from geo112.planning.study import Answer
from maps.errors import DispatchError
from maps.models import Region
from maps.reports import CIVIDIS, report_html
from maps.speeds import PROFILES
from units.models import Agency

INDONESIA = (95.0, -11.0, 141.0, 6.0)
BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take the file for UTF-8 only with it

# The report is a page of scripts and styles of its own, so it may do nothing but draw itself.
REPORT_POLICY = (
    "sandbox allow-scripts allow-popups; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:"
)


def page_facts(request: HttpRequest) -> dict[str, Any]:
    """What the page's modules need from the start."""
    region = Region.objects.active()
    return {
        "lang": (get_language() or settings.LANGUAGE_CODE)[:2],
        "timeZone": settings.TIME_ZONE,
        "role": role_of(request),
        "region": {
            "name": region.name if region else "Indonesia",
            "bounds": region.bounds.extent if region else INDONESIA,
            "is_sketch": bool(region and region.is_sketch),
        },
        "agencies": list(Agency.objects.values("code", "name", "kind")),
        "profiles": [{"code": profile, "name": words.profile_name(profile)} for profile in PROFILES],
        "standards": [
            {"code": standard.code, "name": str(standard.name), "source": str(standard.source)}
            for standard in STANDARDS.values()
        ],
        "palette": CIVIDIS,
        "urls": {"style": "/tiles/style.json", "csv": "/planning/reach.csv", "report": "/planning/report.html"},
    }


class PlanningPage(RoleRequired, TemplateView):
    """`/planning/`."""

    roles = ROLES
    template_name = "planning/planning.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=page_facts(self.request), **kwargs)


class AnswerView(RoleRequired, View):
    """An answer in another form; a question that has none is a short text with the API's own status."""

    roles = ROLES

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            answer = answer_to(question_of(request.GET))
            return self.written(request, answer)
        except ValidationError as error:
            return refused(str(error.detail), status=error.status_code)
        except DispatchError as error:
            return refused(str(error), status=int(error.status))

    def written(self, request: HttpRequest, answer: Answer) -> HttpResponse:
        """The answer as this view gives it."""
        raise NotImplementedError


def refused(text: str, *, status: int) -> HttpResponse:
    """A refusal in plain text."""
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


class TableView(AnswerView):
    """`/planning/reach.csv`: the table with every limit, numbers with a decimal point, units in the header."""

    def written(self, request: HttpRequest, answer: Answer) -> HttpResponse:
        response = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="geo112-{timezone.localdate()}.csv"'
        csv.writer(response).writerows(table_rows(answer))
        return response


def table_rows(answer: Answer) -> Iterator[list[Any]]:
    """Header, districts, the total, and below them what the numbers are."""
    limits = [str(limit_s) for limit_s in answer["question"]["limits_s"]]
    yield [
        "code",
        "name",
        "road_length_m",
        *(f"road_share_within_{limit}_s" for limit in limits),
        "buildings",
        *(f"building_share_within_{limit}_s" for limit in limits),
    ]
    for line in [*answer["districts"], {"code": "", "name": _("All districts"), **answer["total"]}]:
        yield [
            line["code"],
            line["name"],
            line["road_length_m"],
            *(line["covered"][limit] for limit in limits),
            line["buildings"],
            *(line["buildings_covered"][limit] for limit in limits),
        ]
    yield []
    for note in [answer["method"], *answer["caveats"], answer["data"]["attribution"], answer["computed_at"]]:
        yield [f"# {note}"]


class ReportView(AnswerView):
    """`/planning/report.html`: the same answer as one file to mail; `?download=1` to save it."""

    def written(self, request: HttpRequest, answer: Answer) -> HttpResponse:
        response = HttpResponse(report_html(report_of(answer)))
        response["Content-Security-Policy"] = REPORT_POLICY
        kind = "attachment" if "download" in request.GET else "inline"
        response["Content-Disposition"] = f'{kind}; filename="geo112-{timezone.localdate()}.html"'
        return response
