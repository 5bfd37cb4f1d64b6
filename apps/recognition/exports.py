"""The lists of recognition as workbooks."""

from collections.abc import Sequence

from apps.core.exports import Column
from apps.recognition.registration import WALK
from apps.recognition.states import FilingState, TargetState

OF_PUBLIC_TARGETS: Sequence[Column] = (
    ("名称", lambda target: target.host),
    ("类别", lambda target: target.label),
    ("旗县区", lambda target: target.county),
    ("苏木乡镇", lambda target: target.township),
    ("列入日期", lambda target: target.since),
)
OF_TARGETS: Sequence[Column] = (
    *OF_PUBLIC_TARGETS,
    ("状态", lambda target: TargetState(target.state).label),
    ("调出日期", lambda target: target.until),
)
OF_RECOGNITIONS: Sequence[Column] = (
    ("编号", lambda recognition: recognition.number),
    ("申报单位（户）", lambda recognition: recognition.host),
    ("类别", lambda recognition: recognition.label),
    ("旗县区", lambda recognition: recognition.county),
    ("苏木乡镇", lambda recognition: recognition.township),
    ("状态", lambda recognition: WALK.kind.called(recognition.state)),
    ("提交时间", lambda recognition: recognition.submitted),
)
OF_FILINGS: Sequence[Column] = (
    ("名单", lambda filing: filing.title),
    ("旗县区", lambda filing: filing.county),
    ("在册数", lambda filing: filing.number),
    ("调整数", lambda filing: filing.changes),
    ("状态", lambda filing: FilingState(filing.state).label),
    ("报送时间", lambda filing: filing.drawn),
)
OF_LINES: Sequence[Column] = (
    ("名称", lambda line: line["host"]),
    ("苏木乡镇", lambda line: line["township"]),
    ("列入日期", lambda line: line["since"]),
    ("调出日期", lambda line: line["until"]),
    ("与上次报送相比", lambda line: line["what"]),
)
