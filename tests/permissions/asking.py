"""Requests sent through everything that stands before a view, and what their answers amount to."""

import re
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.converters import IntConverter

from apps.core.models import LogEntry
from apps.directory.models import User
from apps.home.matrix import Row
from tests.factories import login
from tests.permissions.bodies import BODIES
from tests.permissions.world import ABSENT, NOWHERE, World
from tests.test_consistency import addresses

ADDRESSES = dict(addresses(get_resolver()))
SECRET = "k" * 32
"""A browser's CSRF cookie, sent back with its forms."""
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"')


def parts_of(name: str) -> set[str]:
    """Return what an address names in its path, nothing for one that is none."""
    return set(ADDRESSES[name].pattern.converters) if name in ADDRESSES else set()


def is_number(name: str, part: str) -> bool:
    """Tell whether a part of an address is a number."""
    return isinstance(ADDRESSES[name].pattern.converters[part], IntConverter)


@dataclass(frozen=True)
class Reply:
    """What came back; `shows` and `done` tell whether the thing asked about stands in it, or was acted on."""

    status: int
    headers: dict[str, str]
    text: str
    acts: int

    @cached_property
    def word(self) -> str:
        """Return the answer as the table says it."""
        if self.status == 401 or (self.status == 302 and self.headers["Location"].startswith("/login/?next=")):
            return "login"
        return "ok" if self.status < 400 else str(self.status)

    def without(self, path: str) -> tuple[int, dict[str, str], str]:
        """Return the reply without the address it was asked at and without what is new in every answer."""
        kept = {name: text.replace(path, "") for name, text in self.headers.items() if name != "Content-Length"}
        return self.status, kept, _CSRF.sub("", self.text.replace(path, ""))


class Asker:
    """Sends requests as anybody, and leaves the world as it was."""

    def __init__(self, world: World) -> None:
        self.world = world
        users = [*world.people.values(), *world.concerned.values()]
        self._browsers = {user.pk if user else None: _browser(user) for user in users}
        self._refusals: dict[tuple[str, str, str, int | None], Reply] = {}
        self._acts = LogEntry.objects.count()

    def browser(self, actor: str, thing: str = "") -> Client:
        """Return the browser of a person."""
        user = self.world.person(actor, thing)
        return self._browsers[user.pk if user else None]

    def path(self, row: Row, *, absent: str = "") -> str:
        """Return the address of a row; `absent` names the part that shall lead nowhere."""
        known = {**self.world.things.get(row.thing, {}), **row.given}
        if absent:
            known[absent] = NOWHERE if is_number(row.name, absent) else ABSENT[absent]
        return reverse(row.name, kwargs={part: known[part] for part in parts_of(row.name)})

    def ask(self, row: Row, actor: str, path: str = "") -> Reply:
        """Send the request of a row as a person; what was refused once is not sent again."""
        user = self.world.person(actor, row.thing)
        about = "" if path or row.method == "GET" else row.thing
        path = path or self.path(row)
        key = (row.method, path, about, user.pk if user else None)
        if key in self._refusals:
            return self._refusals[key]
        reply = self.send(row.method, path, actor, row.thing, data=self.body(row))
        if reply.word != "ok":
            self._refusals[key] = reply
        return reply

    def body(self, row: Row) -> dict[str, Any]:
        """Return what the form of a row is sent with where everything is in order."""
        if row.method != "POST":
            return {}
        return (BODIES.get(row.address) or BODIES[row.name])(self.world, row.thing)

    def send(self, method: str, path: str, actor: str, thing: str = "", **sent: Any) -> Reply:
        """Send a request with the right CSRF token, undo what it did, and return the answer."""
        client = self.browser(actor, thing)
        kept = dict(client.cookies)
        with transaction.atomic():
            headers = {"X-CSRFToken": SECRET, **sent.pop("headers", {})}
            ask = partial(client.generic, method) if "content_type" in sent else getattr(client, method.lower())
            answer = ask(path, headers=headers, **sent)
            reply = Reply(answer.status_code, dict(answer.headers), _text(answer), self._acted())
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.update(kept)
        return reply

    def _acted(self) -> int:
        """Return how many acts the log has more than the world was made with; each request is undone."""
        return LogEntry.objects.count() - self._acts

    def word(self, row: Row, actor: str) -> str:
        """Return what a person is answered, as a cell of the table says it.

        Where the address does not name the thing, a page that opens without it is `none`, and so is an act on a
        batch that left the thing alone.
        """
        reply = self.ask(row, actor)
        if reply.word != "ok" or not row.thing or parts_of(row.name) - set(row.given):
            return reply.word
        shown = not row.given and self.world.marks[row.thing] in reply.text
        return "ok" if reply.acts or shown else "none"


def _browser(user: User | None) -> Client:
    """Return a browser with a CSRF cookie, logged in as a user."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if user:
        login(client, user)
    client.cookies["csrftoken"] = SECRET
    return client


def _text(answer: HttpResponseBase) -> str:
    if answer.streaming:
        data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        return data.decode(errors="replace")
    return answer.content.decode(errors="replace")  # type: ignore[attr-defined]
