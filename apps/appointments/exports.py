"""The lists of appointees, of agreements and of changes as workbooks."""

from collections.abc import Sequence

from apps.appointments.models import Appointment
from apps.appointments.selectors import progress, sorts_listed, whom_it_waits_for
from apps.appointments.states import AgreementState, AppointmentState, ChangeSort
from apps.core.exports import Column
from apps.core.templatetags.ui import state_label


def _notice(appointment: Appointment) -> str:
    document = appointment.notice.document if appointment.notice else None
    return document.number if document else ""


COLUMNS: Sequence[Column] = (
    ("批次", lambda appointment: appointment.season.title),
    ("姓名", lambda appointment: appointment.person.name),
    ("派出单位", lambda appointment: appointment.unit),
    ("设区市", lambda appointment: appointment.county.supervisor),
    ("服务县（市、区）", lambda appointment: appointment.county),
    ("聘期起", lambda appointment: appointment.term_from),
    ("聘期止", lambda appointment: appointment.term_to),
    ("状态", lambda appointment: AppointmentState(appointment.state).label),
    ("聘书编号", lambda appointment: appointment.certificate and appointment.certificate.number),
    ("聘任文件", _notice),
)

OF_AGREEMENTS: Sequence[Column] = (
    ("批次", lambda row: row.season.title),
    ("协议", str),
    ("姓名", lambda row: row.person.name),
    ("服务县（市、区）", lambda row: row.county),
    ("状态", lambda row: AgreementState(row.state).label),
    ("已签/应签", progress),
    ("待签", whom_it_waits_for),
    ("编号", lambda row: row.document.number if row.document else ""),
    ("拟稿时间", lambda row: row.drafted),
)

OF_CHANGES: Sequence[Column] = (
    ("编号", str),
    ("批次", lambda row: row.season.title),
    ("姓名", lambda row: row.person.name),
    ("派出单位", lambda row: row.unit),
    ("调整内容", sorts_listed),
    ("原服务县", lambda row: row.county),
    ("原服务单位", lambda row: row.host),
    ("新服务县", lambda row: row.to_county if ChangeSort.AREA in row.sorts else ""),
    ("新服务单位", lambda row: row.to_host if ChangeSort.AREA in row.sorts else ""),
    ("原因", lambda row: row.reason),
    ("状态", state_label),
    ("提交时间", lambda row: row.submitted),
)
