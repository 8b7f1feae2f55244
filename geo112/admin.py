"""People in Django's admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from geo112.models import User


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """Users with their role, agency and language."""

    list_display = ("username", "first_name", "last_name", "role", "agency", "is_active")
    list_filter = ("role", "agency", "is_active")
    fieldsets = (*(UserAdmin.fieldsets or ()), (_("geo112"), {"fields": ("role", "agency", "language")}))
    add_fieldsets = (
        *UserAdmin.add_fieldsets,
        (_("geo112"), {"classes": ("wide",), "fields": ("role", "agency", "language")}),
    )
