"""Who looks, and when: each request carries the viewer with his posts and grants, and the moment it came in."""

from collections.abc import Callable
from typing import cast

from django.http import HttpResponse
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


def _viewer(request: ViewerRequest) -> Actor:
    return actor_for(request.user) if request.user.is_authenticated else PUBLIC
