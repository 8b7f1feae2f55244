"""Which language a person reads: their choice on this browser, else their account's, else the site's.

The browser's own preference is left aside on purpose: many PCs in Indonesian offices are set to English.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


class LanguageMiddleware:
    """Activates the language for the length of a request and names it in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            return response


def language_of(request: HttpRequest) -> str:
    """The code "id" or "en"; a cookie with any other value counts for nothing."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in dict(settings.LANGUAGES):
        return str(chosen)
    user = request.user
    return user.language if user.is_authenticated else settings.LANGUAGE_CODE
