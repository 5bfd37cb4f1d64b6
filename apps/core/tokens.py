"""What a decision form carries: which record it was opened on, at which version, good for one act."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import QueryDict

from apps.core.refusals import Refusal, Refused
from apps.core.requests import text_sent

_SALT = "ketepai.decision"
LIFETIME_SECONDS = 12 * 3600
_ANOTHER = Refusal("token_invalid", "页面凭证与事项不符，本次操作未执行。", "请重新打开本页后再试。")
_UNCONFIRMED = Refusal("unconfirmed", "没有勾选“已核对”。", "请核对全部内容，勾选后再提交。")


@dataclass(frozen=True)
class Token:
    """A form's ticket: the versions its user saw, and a key that makes a second sending the same act."""

    kind: str
    seen: dict[int, int]
    key: str


def issue(kind: str, seen: dict[int, int]) -> str:
    """Return a signed ticket for a form on `seen` ({pk: version})."""
    return signing.dumps({"kind": kind, "seen": list(seen.items()), "key": secrets.token_hex(16)}, salt=_SALT)


def read(text: str, kind: str) -> Token:
    """Read a ticket back; raise Refused when it is forged, of another kind, or too old."""
    try:
        data = signing.loads(text, salt=_SALT, max_age=LIFETIME_SECONDS)
    except signing.SignatureExpired as error:
        raise Refused(
            Refusal("token_expired", "页面打开时间过长，已失效。", "请重新打开本页；已填写的内容仍在。")
        ) from error
    except signing.BadSignature as error:
        raise Refused(Refusal("token_invalid", "页面凭证无效，本次操作未执行。", "请重新打开本页后再试。")) from error
    if data["kind"] != kind:
        raise Refused(_ANOTHER)
    return Token(kind, {int(pk): int(version) for pk, version in data["seen"]}, data["key"])


def as_seen(record: Any, text: str, kind: str) -> str:
    """Let a record stand at the version its form was opened on, and return the form's key; raise Refused for others."""
    ticket = read(text, kind)
    if record.pk not in ticket.seen:
        raise Refused(_ANOTHER)
    record.version = ticket.seen[record.pk]
    return ticket.key


def as_checked(record: Any, sent: QueryDict, kind: str) -> str:
    """Do the same for a check page, and raise Refused where its reader did not tick that he looked it over."""
    key = as_seen(record, text_sent(sent, "token"), kind)
    if not sent.get("confirmed"):
        raise Refused(_UNCONFIRMED)
    return key
