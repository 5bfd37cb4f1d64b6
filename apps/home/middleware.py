"""Who looks, and when: each request carries the viewer with his posts and grants, and the moment it came in."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from apps.core import clock
from apps.core.actors import Actor
from apps.core.requests import ViewerRequest
from apps.directory.selectors import actor_for

PUBLIC = Actor(name="公众")


class ViewerMiddleware:
    """Set `request.at` and, read on first use, `request.viewer`."""

    def __init__(self, get_response: Callable[[ViewerRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ViewerRequest) -> HttpResponse:
        request.at = clock.now()
        request.viewer = cast(Actor, SimpleLazyObject(lambda: _viewer(request)))
        return self.get_response(request)


class OneTimePasswordMiddleware:
    """Lead whoever signed in with a one-time password to choose his own, before anything else."""

    _OPEN = frozenset({"home:password", "home:logout", "home:elder"})

    def __init__(self, get_response: Callable[[ViewerRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ViewerRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: ViewerRequest, *view: Any) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        has_own = user.is_anonymous or not user.has_one_time_password
        if has_own or match is None or match.view_name in self._OPEN:
            return None
        return redirect("home:password")


def _viewer(request: ViewerRequest) -> Actor:
    return actor_for(request.user) if request.user.is_authenticated else PUBLIC
