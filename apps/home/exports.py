"""The lists of the home as workbooks."""

from collections.abc import Callable, Sequence

from apps.core import kinds
from apps.core.days import written_moment
from apps.core.exports import Column
from apps.core.templatetags.ui import action_label, state_label
from apps.desks.models import Paper
from apps.home.matrix import Line, Matrix


def _done(paper: Paper) -> str:
    return f"{action_label(paper)} {written_moment(paper.done)}" if paper.done else ""


PAPER_COLUMNS: Sequence[Column] = (
    ("类别", lambda paper: kinds.named(paper.kind).label),
    ("事项", lambda paper: paper.title),
    ("批次", lambda paper: paper.season.title),
    ("状态", lambda paper: f"{state_label(paper)}{'（会议待议）' if paper.is_put_off else ''}"),
    ("到达时间", lambda paper: paper.arrived),
    ("办理期限", lambda paper: paper.due),
    ("办理", _done),
)

MESSAGE_COLUMNS: Sequence[Column] = (
    ("时间", lambda message: message.at),
    ("内容", lambda message: message.text),
    ("已读时间", lambda message: message.read),
)

DOCKET_COLUMNS: Sequence[Column] = (
    ("名称", lambda docket: docket.title),
    ("用途", lambda docket: docket.get_purpose_display()),
    ("批次", lambda docket: docket.season.title),
    ("拟定时间", lambda docket: docket.created),
    ("状态", state_label),
)

FOUND_COLUMNS: Sequence[Column] = (
    ("类别", lambda found: found.sort),
    ("名称", lambda found: found.title),
    ("说明", lambda found: found.note),
)


def columns(matrix: Matrix) -> list[Column]:
    """Return the columns under which the lines of a table are written, one for each actor after the address."""
    answers = [(f"{actor.role}（{actor.scope}）", _answer(place)) for place, actor in enumerate(matrix.actors)]
    return [
        ("页面或操作", lambda line: line.row.label),
        ("地址", lambda line: line.row.address),
        ("方法", lambda line: line.row.method),
        ("对象", lambda line: line.thing),
        *answers,
    ]


def _answer(place: int) -> Callable[[Line], str]:
    return lambda line: line.cells[place][2].word
