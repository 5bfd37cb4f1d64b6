"""Templates of documents: named placeholders from a closed list, filled in as plain text."""

import re
from collections.abc import Mapping

PLACEHOLDERS = {
    "year": "年度", "city": "设区市", "count": "人数", "period_from": "公示开始", "period_to": "公示截止",
    "days": "公示天数", "contact": "联系电话", "name": "姓名", "unit": "派出单位", "county": "服务县",
    "term_from": "聘期开始", "term_to": "聘期截止", "host": "服务单位",
    "industries": "服务产业", "plan": "服务任务", "team": "服务团",
}  # fmt: skip
PLACEHOLDERS_OF = {
    "publicity_list": ("year", "count", "days", "period_from", "period_to", "contact"),
    "appointment_notice": ("year", "city", "count", "term_from", "term_to"),
    "certificate": ("name", "unit", "host", "county", "term_from", "term_to"),
}
"""What each document can say: nobody could fill in the others."""
OF_A_PERSON = ("year", "name", "unit", "host", "county", "industries", "plan", "term_from", "term_to")
OF_A_TEAM = ("year", "team", "unit", "county", "industries", "term_from", "term_to")
"""What an agreement can say: of a person appointed, or of a team."""
ROSTER = ("name", "unit", "host", "county")
"""What a roster of appointees can tell of each."""
_PLACE = re.compile(r"\{([^{}]*)\}")


def unknown(template: str, known: tuple[str, ...]) -> list[str]:
    """Return what a template asks for beyond the known placeholders, braces without a partner included."""
    strange = [name for name in _PLACE.findall(template) if name not in known]
    return strange + re.findall(r"[{}]", _PLACE.sub("", template))


def fill(template: str, values: Mapping[str, object]) -> str:
    """Fill a template; raise KeyError for a placeholder that has no value here."""
    return _PLACE.sub(lambda place: str(values[place.group(1)]), template)
