"""The list of applications as a workbook."""

from collections.abc import Sequence

from apps.applications.models import Application
from apps.core.exports import Column
from apps.desks.states import DeskState


def _city(application: Application) -> str:
    return str(application.county.supervisor or "") if application.county else ""


def _state(application: Application) -> str:
    return str(DeskState(application.state).label)


COLUMNS: Sequence[Column] = (
    ("编号", lambda application: application.number),
    ("批次", lambda application: application.season.title),
    ("申请人", lambda application: application.person.name),
    ("派出单位", lambda application: application.unit),
    ("设区市", _city),
    ("服务县（市、区）", lambda application: application.county),
    ("状态", _state),
    ("提交时间", lambda application: application.submitted),
)
