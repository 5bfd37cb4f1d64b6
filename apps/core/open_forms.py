"""A form as it lies in one window, so that two windows overwrite nothing of each other unseen."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from apps.core.log import digest_of
from apps.core.refusals import Refusal
from apps.core.requests import text_sent

MOST_OF_A_MARK = 64
WRITTEN_ELSEWHERE = Refusal(
    "written_elsewhere",
    "本页内容已在另一窗口或设备上改动。",
    "所填内容仍在本页，请按本页的保存按钮，比对后选择以哪一处为准。",
)
CHANGED_SINCE_CHECKED = Refusal(
    "changed_since_checked",
    "打开核对页之后，内容已在另一窗口或设备上改动，没有提交。",
    "请核对本页现在显示的内容，无误后再提交。",
)


@dataclass(frozen=True)
class OpenForm:
    """A form in one window: the digest of what stood when it was opened, and the mark of the window."""

    digest: str
    mark: str

    def is_overtaken(self, standing: Any, writer: str | None) -> bool:
        """Tell whether something stands that this window was not opened on and, as the `writer`, did not write."""
        return writer != self.mark and self.digest != digest_of(standing)


def opened_on(standing: Any) -> OpenForm:
    """Return a form on what stands as it is to lie in a new window."""
    return OpenForm(digest_of(standing), secrets.token_hex(16))


def sent_from(sent: QueryDict) -> OpenForm | None:
    """Return the form as it lay before who sent it, or as what stands was shown beside his words; None if untold."""
    mark, digest, chosen = (text_sent(sent, name)[:MOST_OF_A_MARK] for name in ("mark", "digest", "keep"))
    return OpenForm(chosen or digest, mark) if mark else None


def changed_since_checked(standing: Any, checked: str) -> Refusal | None:
    """Refuse to hand in something else than the digest `checked` says was looked over; empty where nothing is said."""
    return CHANGED_SINCE_CHECKED if checked and checked != digest_of(standing) else None
