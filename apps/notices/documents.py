"""What an official document says: the pack's template filled with the facts of the case, as plain data."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from apps.core.days import written_day
from apps.core.log import digest_of
from apps.notices.states import DocumentKind
from apps.policies import wording
from apps.policies.schema import Document as Template

LAYOUTS = {DocumentKind.APPOINTMENT_NOTICE: "official", DocumentKind.CERTIFICATE: "certificate"}
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 16


def new_code() -> str:
    """Return an unguessable verification code without letters that look like digits (about 79 bits)."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))


def verification_address(code: str) -> str:
    """Return the public address that a QR code leads to."""
    return f"{settings.PUBLIC_ADDRESS}/verify/{code}/"


def compose(
    kind: DocumentKind,
    template: Template,
    values: Mapping[str, object],
    columns: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
) -> dict[str, Any]:
    """Return the text of a document without number and date; raise KeyError for a placeholder without a value."""

    def filled(text: str) -> str:
        return wording.fill(text, values)

    return {
        "layout": LAYOUTS[kind],
        "head": filled(template.head),
        "title": filled(template.title),
        "main_recipients": filled(template.main_recipients),
        "body": [filled(paragraph) for paragraph in template.body],
        "roster": _roster(filled(template.roster_title), columns, rows),
        "signed_by": [filled(line) for line in template.signed_by],
        "public": template.public,
        "copies_to": filled(template.copies_to),
        "contact": filled(template.contact),
        "printed_by": filled(template.printed_by),
    }


def _roster(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any] | None:
    if not rows:
        return None
    numbered = [[str(n), *row] for n, row in enumerate(rows, 1)]
    return {"title": title, "columns": ["序号", *columns], "rows": numbered}


def finished(content: Mapping[str, Any], number: str, code: str, day: date, seal: str = "") -> dict[str, Any]:
    """Return a document's text as issued: numbered, dated, with the address that verifies it.

    `seal` is the newest seal over the log: on paper in many hands, it keeps that seal from being made anew.
    """
    return {
        **content,
        "number": number,
        "date": written_day(day),
        "printed_on": written_day(day),
        "verify_url": verification_address(code),
        "seal": seal,
    }


def draft_of(content: Mapping[str, Any], number: str, day: date) -> dict[str, Any]:
    """Return a document's text as it would be issued today, marked as a draft and without a code."""
    return {**finished(content, number, "", day), "verify_url": "", "is_draft": True}


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's text (64 hex digits)."""
    return digest_of(content)
