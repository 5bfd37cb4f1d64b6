"""Words where a form would be answered by an empty page, or its entries would be lost on the way to the login."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse

from apps.core.requests import ViewerRequest
from apps.home.views import errors
from apps.home.views.front import sign_in_first


class InWordsMiddleware:
    """Ask whoever sends a form without being signed in to sign in first, his entries kept; say what no address takes.

    Without it he would be led to sign in by a redirect, which drops what he typed.
    """

    def __init__(self, get_response: Callable[[ViewerRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ViewerRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not answer.content:
            return errors.not_taken(request, answer.headers["Allow"])
        if (request.method == "POST" or request.htmx) and _asks_to_sign_in(answer):
            return sign_in_first(request)
        return answer


def _asks_to_sign_in(answer: HttpResponse) -> bool:
    return answer.headers.get("Location", "").startswith(f"{settings.LOGIN_URL}?next=")
