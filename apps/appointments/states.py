"""States and actions of appointments and agreements, and what may change within a term."""

from django.db.models import TextChoices


class AppointmentState(TextChoices):
    NAMED = "draft", "待通知印发"
    ACTIVE = "active", "在聘"
    ENDED = "ended", "聘期已满"
    LEFT = "left", "已调整退出"


OVER = (AppointmentState.ENDED, AppointmentState.LEFT)


class AppointmentAction(TextChoices):
    CREATE = "create", "确定人选"
    TAKE_EFFECT = "take_effect", "聘任"
    END = "end", "聘期届满"
    CHANGE = "change", "调整"
    LEAVE = "leave", "调整退出"


class ChangeSort(TextChoices):
    """What of an appointment may change; a pack says which, and how its policy calls them."""

    AREA = "area", "服务区域"
    TASK = "task", "任务"
    PERSON = "person", "人员"


class AgreementState(TextChoices):
    DRAFTED = "draft", "待送签"
    SIGNING = "signing", "签署中"
    SIGNED = "signed", "已签订"
    VOID = "void", "已作废"


class AgreementAction(TextChoices):
    CREATE = "create", "拟稿"
    SEND_OUT = "send_out", "送签"
    REVISE = "revise", "修改文本"
    NAME_PARTY = "name_party", "指定签署方"
    SIGN = "sign", "签署"
    REFUSE = "refuse", "拒签"
    VOID = "void", "作废"
    SUPERSEDE = "supersede", "因调整作废"
    FILE_COPY = "file_copy", "归档"


class SignatureWord(TextChoices):
    SIGNED = "signed", "已签署"
    REFUSED = "refused", "拒签"
