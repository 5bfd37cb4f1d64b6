"""What the door must know of dockets."""

from apps.core.kinds import Kind
from apps.desks import selectors
from apps.desks.models import Docket
from apps.desks.states import DOCKET_TONES, DocketAction, DocketState

DOCKET = Kind(
    name=selectors.DOCKET,
    model=Docket,
    label="议题与名单",
    states=DocketState,
    actions=DocketAction,
    editable=frozenset({DocketState.DRAFT}),
    tones=DOCKET_TONES,
)
