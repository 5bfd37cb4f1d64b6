"""What the common states of the walk are called for a recognition; states and actions of the lists."""

from collections.abc import Mapping

from django.db.models import TextChoices

from apps.desks.states import DeskState

LABELS: Mapping[str, str] = {
    DeskState.AWAITING_CONSENT: "待推荐",
    DeskState.AWAITING_VERDICTS: "待共同认定",
    DeskState.AWAITING_FINALISATION: "待认定",
    DeskState.PASSED: "已认定",
    DeskState.REJECTED: "未予认定",
}
"""What offices and hosts call a state otherwise than an application for appointment."""


class TargetState(TextChoices):
    LISTED = "draft", "在册"
    REMOVED = "removed", "已调出"


class TargetAction(TextChoices):
    CREATE = "create", "列入名单"
    TAKE_OFF = "take_off", "调出名单"
    PUT_BACK = "put_back", "调回名单"


class FilingState(TextChoices):
    AWAITING_FILING = "draft", "待备案"
    RETURNED = "returned", "退回更正"
    FILED = "filed", "已备案"


class FilingAction(TextChoices):
    CREATE = "create", "报送备案"
    FILE = "file", "备案"
    SEND_BACK = "send_back", "退回更正"
    SUBMIT = "submit", "重新报送"


TARGET_TONES: Mapping[str, str] = {TargetState.LISTED: "success", TargetState.REMOVED: "muted"}
FILING_TONES: Mapping[str, str] = {FilingState.RETURNED: "warning", FilingState.FILED: "success"}
