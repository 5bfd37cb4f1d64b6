"""Fixed vocabularies of the directory; what a level or a unit is called in an official text is the pack's."""

from django.db.models import TextChoices


class Level(TextChoices):
    REGION = "region", "自治区（省）"
    CITY = "city", "设区市"
    COUNTY = "county", "县（市、区）"
    TOWNSHIP = "township", "乡镇"
    VILLAGE = "village", "村（社区）"


class UnitLevel(TextChoices):
    TOWNSHIP = "township", "乡镇"
    COUNTY = "county", "县（市、区）"
    CITY = "city", "设区市"
    REGION = "region", "自治区（省）"
    CENTRAL = "central", "中央"


class UnitKind(TextChoices):
    UNIVERSITY = "university", "高等院校"
    INSTITUTE = "institute", "科研院所"
    EXTENSION_STATION = "extension_station", "农技推广机构"
    ENTERPRISE = "enterprise", "企业"
    COOPERATIVE = "cooperative", "专业合作社"
    GOVERNMENT = "government", "机关"
    OTHER = "other", "其他"


class Role(TextChoices):
    DISPATCHING_UNIT = "dispatching_unit", "派出单位经办人"
    HOST = "host", "受援单位经办人"
    SCI_TECH_AUTHORITY = "sci_tech_authority", "科技行政主管部门"
    SCI_TECH_INSTITUTE = "sci_tech_institute", "科学技术研究所"
    TOWNSHIP_OFFICE = "township_office", "乡镇（苏木）经办人"
    COORDINATION_OFFICE = "coordination_office", "协调办公室"
    EXPERT = "expert", "评审专家"
    MEMBER_UNIT = "member_unit", "成员单位"
    AUDITOR = "auditor", "审计人员"
    ADMINISTRATOR = "administrator", "系统管理员"


IN_ORGANIZATIONS = (Role.DISPATCHING_UNIT, Role.HOST, Role.MEMBER_UNIT)
"""Roles held in an organization; all others are held in a region."""
IN_PERSON = (Role.EXPERT,)
"""Roles whose work is the person's own: nobody stands in for him, nobody takes it over."""


class PostAct(TextChoices):
    GIVEN = "given", "任职"
    ENDED = "ended", "免职"
    HANDED_OVER = "handed_over", "移交"
    SUBSTITUTED = "substituted", "委托代办"
    SUBSTITUTION_ENDED = "substitution_ended", "结束代办"


class FileAct(TextChoices):
    ENTERED = "entered", "登记"
    CORRECTED = "corrected", "更正"
    MOVED = "moved", "调动"


class LoginAct(TextChoices):
    MADE = "made", "建立账号"
    RESET = "reset", "重设密码"
    DISABLED = "disabled", "停用"
    ENABLED = "enabled", "启用"


class Sex(TextChoices):
    MALE = "男", "男"
    FEMALE = "女", "女"
