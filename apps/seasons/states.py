"""States and actions of a season."""

from django.db.models import TextChoices


class SeasonState(TextChoices):
    DRAFT = "draft", "筹备中"
    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"
    DISCARDED = "discarded", "已作废"


class SeasonAction(TextChoices):
    CREATE = "create", "建立年度批次"
    START = "start", "开始"
    AMEND = "amend", "调整设置"
    CLOSE = "close", "结束"
    DISCARD = "discard", "作废"


CHANGEABLE = (SeasonState.DRAFT, SeasonState.OPEN)
"""In these the settings of a season may be changed."""


class RunKind(TextChoices):
    TICK = "tick", "定时执行"
    ASKED = "asked", "人工发起"
