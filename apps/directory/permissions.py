"""Which grants each role carries on its own scope, and nothing beyond."""

from apps.core.actors import HANDLE, VIEW
from apps.directory.states import Role

ISSUE = "issue_notices"
MANAGE = "manage_season"
AUDIT = "read_audit"

GRANTS_OF_ROLE: dict[str, tuple[str, ...]] = {
    Role.DISPATCHING_UNIT: (HANDLE, VIEW),
    Role.HOST: (HANDLE, VIEW),
    Role.SCI_TECH_AUTHORITY: (HANDLE, VIEW),
    Role.SCI_TECH_INSTITUTE: (HANDLE, VIEW),
    Role.EXPERT: (HANDLE,),
    Role.MEMBER_UNIT: (HANDLE,),
    Role.COORDINATION_OFFICE: (HANDLE, VIEW, ISSUE, MANAGE),
    Role.AUDITOR: (VIEW, AUDIT),
    Role.ADMINISTRATOR: (MANAGE,),
}

LABELS = {
    HANDLE: "办理本环节事项",
    VIEW: "查看所辖记录",
    ISSUE: "印发文件",
    MANAGE: "管理年度批次",
    AUDIT: "查阅审计日志",
}
CODENAMES = tuple(LABELS.items())
