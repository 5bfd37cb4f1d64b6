"""What the door must know of notices and public lists."""

from collections.abc import Sequence

from apps.core import outbox
from apps.core.kinds import Decision, Kind, Outcome
from apps.notices.guards import has_reason, is_printed, period_is_over
from apps.notices.models import Notice, PublicityList
from apps.notices.states import ListAction, ListState, NoticeAction, NoticeState

DRAFTED, NUMBERED, ISSUED, DISCARDED = "notice.drafted", "notice.numbered", "notice.issued", "notice.discarded"
DOCUMENTS_NUMBERED = "documents.numbered"
_EFFECT_OF = {
    NoticeAction.CREATE: DRAFTED,
    NoticeAction.GIVE_NUMBER: NUMBERED,
    NoticeAction.ISSUE: ISSUED,
    NoticeAction.DISCARD: DISCARDED,
}


def follow(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Wish for what comes of a notice: printing it, telling people, drafting it anew."""
    effect = _EFFECT_OF[NoticeAction(decision.action)]
    outbox.emit(
        [outbox.Wish(effect, f"{effect}:{outcome.pk}", {"notice": outcome.pk}) for outcome in outcomes], at=decision.at
    )


NOTICE = Kind(
    name="notice",
    model=Notice,
    label="文件",
    states=NoticeState,
    actions=NoticeAction,
    tones={
        NoticeState.DRAFT: "warning",
        NoticeState.NUMBERED: "info",
        NoticeState.ISSUED: "success",
        NoticeState.WITHDRAWN: "muted",
    },
    guards={NoticeAction.ISSUE: [is_printed], NoticeAction.DISCARD: [has_reason]},
    follow=follow,
    related=("season",),
)

PUBLICITY_LIST = Kind(
    name="publicity_list",
    model=PublicityList,
    label="公示",
    states=ListState,
    actions=ListAction,
    tones={ListState.DRAFT: "warning", ListState.PUBLISHED: "success", ListState.ENDED: "muted"},
    guards={ListAction.END: [period_is_over]},
    related=("season",),
)
