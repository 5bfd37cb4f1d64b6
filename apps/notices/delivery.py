"""Telling people: a message in the system for each, and a mail to those who have an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from apps.core import outbox, sets
from apps.directory.models import User
from apps.notices.models import Message

MAIL = "notices.mail"
MAILED_TOGETHER = 50
_SUBJECT_LENGTH = 40


@dataclass(frozen=True)
class News:
    """What some users are to be told once for each `key`.

    `template` names a text below notices/messages, `link` where to go.
    """

    users: Sequence[User]
    template: str
    context: Mapping[str, Any]
    link: str
    key: str

    def text(self) -> str:
        """Return what the message says."""
        return render_to_string(f"notices/messages/{self.template}.txt", dict(self.context)).strip()[:500]


def tell(
    users: Sequence[User], template: str, context: Mapping[str, Any], *, link: str, key: str, at: datetime
) -> None:
    """Tell users something; see `News`."""
    tell_all([News(users, template, context, link, key)], at=at)


def tell_all(news: Sequence[News], *, at: datetime) -> None:
    """Tell many users, each his own: the messages in one insert, the mails in sets."""
    messages = [
        Message(user=user, key=each.key, text=text, link=each.link, at=at)
        for each in news
        if each.users
        for text in [each.text()]
        for user in each.users
    ]
    sets.insert(messages, skip_known=True)
    mails = [_mail(message) for message in messages if message.user.email]
    parts = [mails[start : start + MAILED_TOGETHER] for start in range(0, len(mails), MAILED_TOGETHER)]
    outbox.emit([outbox.Wish(MAIL, part[0]["key"], {"mails": part}) for part in parts], at=at)


def _mail(message: Message) -> dict[str, str]:
    key = f"{message.key}:{message.user_id}"
    return {"to": message.user.email, "text": message.text, "link": message.link, "key": key}


def send_mails(payload: Mapping[str, Any], at: datetime) -> None:
    """Send mails over one connection; one of several that cannot be sent is tried anew by itself.

    Its key stands in a header of each, so that a mail sent twice can be told from two mails.
    """
    mails, failed = payload["mails"], []
    with get_connection() as post:
        for mail in mails:
            try:
                _letter(mail, post).send()
            except OSError:
                if len(mails) == 1:
                    raise
                failed.append(mail)
    outbox.emit([outbox.Wish(MAIL, f"{mail['key']}:alone", {"mails": [mail]}) for mail in failed], at=at)


def _letter(mail: Mapping[str, str], post: Any) -> EmailMessage:
    return EmailMessage(
        subject=f"【科特派】{mail['text'][:_SUBJECT_LENGTH]}",
        body=f"{mail['text']}\n\n{settings.PUBLIC_ADDRESS}{mail['link']}",
        to=[mail["to"]],
        headers={"X-Idempotency-Key": mail["key"]},
        connection=post,
    )
