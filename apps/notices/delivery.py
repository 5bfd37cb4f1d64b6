"""Telling people: a message in the system for each, and a mail to those who have an address."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from apps.core import outbox
from apps.directory.models import User
from apps.notices.models import Message

MAIL = "notices.mail"
_SUBJECT_LENGTH = 40


def tell(
    users: Iterable[User], template: str, context: Mapping[str, Any], *, link: str, key: str, at: datetime
) -> None:
    """Tell users something once for each `key`; `template` names a text below notices/messages, `link` where to go."""
    text = render_to_string(f"notices/messages/{template}.txt", dict(context)).strip()[:500]
    told = list(users)
    Message.objects.bulk_create(
        [Message(user=user, key=key, text=text, link=link, at=at) for user in told], ignore_conflicts=True
    )
    outbox.emit(
        [
            outbox.Wish(
                MAIL, f"{key}:{user.pk}", {"to": user.email, "text": text, "link": link, "key": f"{key}:{user.pk}"}
            )
            for user in told
            if user.email
        ],
        at=at,
    )


def send_mail(payload: Mapping[str, Any], at: datetime) -> None:
    """Send one mail; its key stands in a header, so that a mail sent twice can be told from two mails."""
    EmailMessage(
        subject=f"【科特派】{payload['text'][:_SUBJECT_LENGTH]}",
        body=f"{payload['text']}\n\n{settings.PUBLIC_ADDRESS}{payload['link']}",
        to=[payload["to"]],
        headers={"X-Idempotency-Key": payload["key"]},
    ).send()
