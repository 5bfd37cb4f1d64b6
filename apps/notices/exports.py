"""Notices, documents and public lists as workbooks."""

from collections.abc import Callable, Mapping, Sequence

from apps.core.exports import Column
from apps.core.templatetags.ui import state_label
from apps.notices.models import PublicityEntry

NOTICE_COLUMNS: Sequence[Column] = (
    ("标题", lambda notice: notice.title),
    ("范围", lambda notice: notice.region),
    ("状态", state_label),
    ("文号", lambda notice: notice.document and notice.document.number),
    ("拟稿时间", lambda notice: notice.drafted),
)

DOCUMENT_COLUMNS: Sequence[Column] = (
    ("文号", lambda document: document.number),
    ("标题", lambda document: document.title),
    ("批次", lambda document: document.season.title),
    ("签发时间", lambda document: document.issued),
)

ANNOUNCEMENT_COLUMNS: Sequence[Column] = (
    ("标题", lambda announcement: announcement.title),
    ("批次", lambda announcement: announcement.season.title),
    ("发布单位", lambda announcement: announcement.post),
    ("发布时间", lambda announcement: announcement.published),
)

LIST_COLUMNS: Sequence[Column] = (
    ("标题", lambda publicity: publicity.title),
    ("状态", state_label),
    ("公示开始", lambda publicity: publicity.opens),
    ("公示截止", lambda publicity: publicity.closes),
)


def columns_of(lines: Sequence[Mapping[str, str]]) -> list[Column]:
    """Return the columns of a public list: what is said in its first line."""
    return [(name, _under(name)) for name in (lines[0] if lines else ("姓名",))]


def _under(name: str) -> Callable[[PublicityEntry], str]:
    return lambda entry: entry.line.get(name, "")
