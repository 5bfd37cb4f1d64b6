"""States and actions of an appointment."""

from django.db.models import TextChoices


class AppointmentState(TextChoices):
    NAMED = "draft", "待通知印发"
    ACTIVE = "active", "在聘"
    ENDED = "ended", "聘期已满"


class AppointmentAction(TextChoices):
    CREATE = "create", "确定人选"
    TAKE_EFFECT = "take_effect", "聘任"
    END = "end", "聘期届满"
