"""The standards that cover is measured against: named, with the limit, what it includes and where it is from."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from geo112.planning.study import Question

Words = str | Promise

# What passes before the wheels turn: call handling (NFPA 1225: 60 s for 90 %) and turnout of a fire crew
# (NFPA 1710: 80 s for 90 %). A city's own figures replace them in the form.
PREPARATION_S = 60 + 80
MAX_LIMITS = 4
MAX_LIMIT_S = 7200


@dataclass(frozen=True)
class Standard:
    """limits_s: bands in seconds, the last is the limit itself. prep_s: part of it that is not driving."""

    code: str
    name: Words
    limits_s: tuple[int, ...]
    prep_s: int
    source: Words

    def is_asked_by(self, question: Question) -> bool:
        """Whether a question measures by exactly this standard."""
        return (question.limits_s, question.prep_s) == (self.limits_s, self.prep_s)


STANDARDS = {
    standard.code: standard
    for standard in (
        Standard(
            "spm_fire",
            _("SPM fire: 15 minutes"),
            (300, 600, 900),
            PREPARATION_S,
            _("Permendagri 114/2018: from the report until there, at most 15 minutes"),
        ),
        Standard(
            "nfpa1710_engine",
            _("NFPA 1710: first engine, 240 s of driving"),
            (120, 240),
            0,
            _("NFPA 1710: travel time of the first engine, for 90 % of calls"),
        ),
        Standard(
            "nfpa1710_als",
            _("NFPA 1710: advanced life support, 480 s of driving"),
            (240, 480),
            0,
            _("NFPA 1710: travel time of advanced life support, for 90 % of calls"),
        ),
    )
}
