"""Officers at their browsers: they open a page, send its form, and send it again when nothing came back."""

import http.client
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from apps.directory.models import User

TRIES, PAUSE_SECONDS, ANSWER_WITHIN_SECONDS = 200, 0.3, 10
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
DECISION, CONFIRM = '<form id="decision"', '<form class="confirm'
"""How the forms begin that officers fill in, among others on their pages."""
TOKEN = re.compile(r'name="token" value="([^"]+)"')


class Unanswered(Exception):
    """Say which page gave no answer to the end."""


@dataclass
class Officer:
    """Somebody with a session; each window is used by one thread."""

    user: User
    site: tuple[str, int]

    def __post_init__(self) -> None:
        client = Client()
        client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def send(self, address: str, mark: str, target: str, form: dict[str, str]) -> tuple[int, str]:
        """Open a page, fill in its form with a mark and send it until there is an answer; return its status and token.

        A page without that form is the answer of a server that has moved on: status 0.
        """
        page, csrf_cookie = self._until_answered("GET", address)
        place = page.find(mark)
        csrf, token = CSRF.search(page), TOKEN.search(page, max(place, 0))
        if csrf is None or token is None or place < 0:
            return 0, ""
        body = urlencode({**form, "csrfmiddlewaretoken": csrf.group(1), "token": token.group(1)})
        return self._post(target, body, csrf_cookie), token.group(1)

    def _post(self, address: str, body: str, csrf_cookie: str) -> int:
        for _ in range(TRIES):
            status, _, _ = self._ask("POST", address, body, csrf_cookie)
            if status and status < 500:
                return status
            time.sleep(PAUSE_SECONDS)
        raise Unanswered(address)

    def _until_answered(self, method: str, address: str) -> tuple[str, str]:
        for _ in range(TRIES):
            status, page, cookie = self._ask(method, address)
            if status and status < 500:
                return page, cookie
            time.sleep(PAUSE_SECONDS)
        raise Unanswered(address)

    def _ask(self, method: str, address: str, body: str = "", csrf_cookie: str = "") -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(*self.site, timeout=ANSWER_WITHIN_SECONDS)
        headers = {"Cookie": f"{self.cookie}; {csrf_cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, address, body or None, headers)
            answer = connection.getresponse()
            set_cookie = answer.getheader("Set-Cookie") or ""
            if (answer.getheader("Location") or "").startswith(settings.LOGIN_URL):
                raise Unanswered(f"{address}: the session is lost")
            return answer.status, answer.read().decode("utf-8", "replace"), set_cookie.partition(";")[0]
        except (OSError, http.client.HTTPException):
            return 0, "", ""
        finally:
            connection.close()


@dataclass
class Ledger:
    """What the officers were told is done: the tokens of forms whose answer said so."""

    tokens: list[tuple[int, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, record: int, token: str) -> None:
        with self.lock:
            self.tokens.append((record, token))

    def __len__(self) -> int:
        with self.lock:
            return len(self.tokens)


def approve(record: int, officers: Sequence[Officer], ledger: Ledger, *, race: bool) -> None:
    """Let the officers of a desk agree to a record: one of them, or all at once."""
    if not race:
        _approve(record, officers[0], ledger)
        return
    rivals = [threading.Thread(target=_approve, args=(record, officer, ledger)) for officer in officers]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()


def _approve(record: int, officer: Officer, ledger: Ledger) -> None:
    """Agree, opening the page anew when the form was refused, until it is done or nothing is left to do here."""
    address = f"/records/application/{record}/"
    for _ in range(TRIES):
        status, token = officer.send(address, DECISION, f"{address}pass_up/", {"opinion": "情况属实，同意。"})
        if status == 302:
            ledger.note(record, token)
        if status in (0, 302):
            return
        time.sleep(PAUSE_SECONDS)
    raise Unanswered(address)


def issue(notice: int, officer: Officer) -> None:
    """Let an officer sign a notice."""
    address = f"/notices/{notice}/issue/"
    officer.send(address, CONFIRM, address, {})
