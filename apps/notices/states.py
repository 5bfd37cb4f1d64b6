"""States and actions of official notices and public lists."""

from django.db.models import TextChoices


class NoticeState(TextChoices):
    DRAFT = "draft", "待印发"
    NUMBERED = "numbered", "已编号，制作中"
    ISSUED = "issued", "已印发"
    WITHDRAWN = "withdrawn", "已作废"


class NoticeAction(TextChoices):
    CREATE = "create", "拟稿"
    GIVE_NUMBER = "give_number", "签发编号"
    ISSUE = "issue", "印发"
    DISCARD = "discard", "作废拟稿"


class ListState(TextChoices):
    DRAFT = "draft", "待发布"
    PUBLISHED = "published", "公示中"
    ENDED = "ended", "公示期满"


class ListAction(TextChoices):
    CREATE = "create", "拟定名单"
    PUBLISH = "publish", "发布公示"
    END = "end", "公示期满"


class DocumentKind(TextChoices):
    APPOINTMENT_NOTICE = "appointment_notice", "聘任通知"
    CERTIFICATE = "certificate", "聘书"
    AGREEMENT = "agreement", "协议"
