"""The list of appointees as a workbook."""

from collections.abc import Iterator
from io import BytesIO

from django.db.models import QuerySet

from apps.appointments.models import Appointment
from apps.appointments.states import AppointmentState
from apps.core.days import written_day
from apps.core.exports import workbook

COLUMNS = ("批次", "姓名", "派出单位", "设区市", "服务县（市、区）", "聘期起", "聘期止", "状态", "聘书编号", "聘任文件")
_CHUNK = 2000


def appointments(rows: QuerySet[Appointment]) -> BytesIO:
    """Write the appointments given, in their order."""
    return workbook(COLUMNS, _lines(rows))


def _lines(rows: QuerySet[Appointment]) -> Iterator[tuple[str, ...]]:
    labels = dict(AppointmentState.choices)
    for appointment in rows.iterator(chunk_size=_CHUNK):
        notice = appointment.notice.document if appointment.notice else None
        yield (
            appointment.season.title,
            appointment.person.name,
            str(appointment.unit or ""),
            str(appointment.county.supervisor or ""),
            appointment.county.name,
            written_day(appointment.term_from),
            written_day(appointment.term_to),
            labels[appointment.state],
            appointment.certificate.number if appointment.certificate else "",
            notice.number if notice else "",
        )
