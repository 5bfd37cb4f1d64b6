"""What was typed in a form that came when its sender was no longer signed in, kept until he is.

It travels as a hidden entry of the page that asks him to sign in, and lies encrypted in his session until he is shown
it: nothing is kept for who does not sign in.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from apps.core import ciphers

LOST = "lost"
MOST_KEPT = 30_000
"""Of so many characters at most; what is longer is told to be lost."""
_NEVER_KEPT = ("csrfmiddlewaretoken", "token", "digest", "mark", "next", LOST)


@dataclass(frozen=True)
class Lost:
    """What was typed: where it was sent, its entries; whether files were with it, or more than is kept."""

    address: str
    entries: tuple[tuple[str, str], ...] = ()
    had_files: bool = False
    is_too_long: bool = False

    def shown(self) -> Iterator[tuple[str, str, bool]]:
        """Yield each entry with its name, and whether it is words, which alone say something by themselves."""
        for name, text in self.entries:
            yield name, text, not text.isascii()

    def written(self) -> str:
        """Return it as text, which `read` reads."""
        return json.dumps([self.address, self.entries, self.had_files, self.is_too_long], ensure_ascii=False)


def sent_by(request: HttpRequest) -> Lost:
    """Return what a form was sent with, but for secrets and what only the page itself needs."""
    entries = tuple(_typed(request.POST))
    is_too_long = sum(len(name) + len(text) for name, text in entries) > MOST_KEPT
    return Lost(request.path, () if is_too_long else entries, bool(request.FILES), is_too_long)


def _typed(sent: QueryDict) -> Iterator[tuple[str, str]]:
    for name, texts in sent.lists():
        if name not in _NEVER_KEPT and "password" not in name:
            yield from ((name, text) for text in texts if text)


def read(text: str) -> Lost | None:
    """Return what a page kept, None for what is none or too long."""
    try:
        address, entries, had_files, is_too_long = json.loads(text[: 2 * MOST_KEPT])
        kept = tuple((str(name), str(typed)) for name, typed in entries)
    except (ValueError, TypeError, RecursionError):
        return None
    return Lost(str(address), kept, bool(had_files), bool(is_too_long))


def keep(session: Any, text: str) -> None:
    """Keep in a session what a page kept, until it is shown."""
    if read(text):
        session[LOST] = ciphers.encrypt(text)


def shown_once(session: Any) -> Lost | None:
    """Take out of a session what was kept in it, None where there is nothing."""
    kept = session.pop(LOST, None)
    return read(ciphers.decrypt(kept)) if kept else None
