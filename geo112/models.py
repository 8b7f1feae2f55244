"""The people who sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person with one role. An agency's duty officer belongs to that agency."""

    class Role(models.TextChoices):
        DISPATCHER = "dispatcher", _("dispatcher")
        SUPERVISOR = "supervisor", _("supervisor")
        PLANNER = "planner", _("planner")
        AGENCY = "agency", _("agency")
        ADMINISTRATOR = "administrator", _("administrator")

    class Language(models.TextChoices):
        INDONESIAN = "id", "Bahasa Indonesia"
        ENGLISH = "en", "English"

    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.DISPATCHER)
    agency = models.ForeignKey(
        "units.Agency",
        verbose_name=_("agency"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="users",
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.INDONESIAN)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="agency", agency__isnull=False) | ~models.Q(role="agency"),
                name="agency_role_has_agency",
                violation_error_message=_("An agency user needs an agency."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
