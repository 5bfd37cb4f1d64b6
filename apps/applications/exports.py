"""The list of applications as a workbook."""

from collections.abc import Iterator
from io import BytesIO

from django.db.models import QuerySet

from apps.applications.models import Application
from apps.core.days import written_moment
from apps.core.exports import workbook
from apps.desks.states import DeskState

COLUMNS = ("编号", "批次", "申请人", "派出单位", "设区市", "服务县（市、区）", "状态", "提交时间")
_CHUNK = 2000


def applications(rows: QuerySet[Application]) -> BytesIO:
    """Write the applications given, in their order."""
    return workbook(COLUMNS, _lines(rows))


def _lines(rows: QuerySet[Application]) -> Iterator[tuple[str, ...]]:
    labels = dict(DeskState.choices)
    for application in rows.iterator(chunk_size=_CHUNK):
        county = application.county
        yield (
            application.number,
            application.season.title,
            application.person.name,
            str(application.unit or ""),
            str(county.supervisor or "") if county else "",
            str(county or ""),
            labels[application.state],
            written_moment(application.submitted) if application.submitted else "",
        )
