"""What was changed in the settings of a season, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core import log
from apps.core.days import written_day
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.policies import answers
from apps.policies.schema import Pack
from apps.seasons.models import Season
from apps.seasons.selectors.quotas import parts_in_words
from apps.seasons.states import SeasonAction

_DAYS = {True: "工作日", False: "休息日", None: "按周末规则"}


@dataclass(frozen=True)
class Change:
    """One row of a season's log in words: what was changed, from what, to what."""

    entry: LogEntry
    what: str
    old: str = ""
    new: str = ""


def changes_of(season: Season, pack: Pack) -> list[Change]:
    """Return what was done to a season, newest first, in one query."""
    entries = log.entries_of(Ref("season", str(season.pk))).order_by("-n")
    return [_change(entry, pack) for entry in entries]


def _change(entry: LogEntry, pack: Pack) -> Change:
    said = entry.details
    match said.get("what"):
        case "window":
            window = pack.calendar.windows[said["key"]]
            return Change(entry, f"窗口“{window.label}”", days_in_words(said["old"]), days_in_words(said["new"]))
        case "quotas" | "ceilings":
            changes, parts = said["changes"], said.get("parts", [])
            label = pack.quotas[said["key"]].label + ("总数" if said["what"] == "ceilings" else "")
            old, new = (_places_in_words(changes, parts, side) for side in ("old", "new"))
            return Change(entry, f"{label}（{len({each['group'] for each in [*changes, *parts]})}处）", old, new)
        case "overrun":
            what = f"{said['group']}超额（{pack.quotas[said['key']].label}），依据：{said['basis']}"
            return Change(entry, what, *(f"{said[side]}人" if said[side] else "不超额" for side in ("old", "new")))
        case "merge":
            return Change(entry, "合并服务单元", "、".join(said["groups"]), said["name"])
        case "part":
            return Change(entry, "拆分服务单元", said["group"], "、".join(said["counties"]))
        case "answer":
            question = pack.question(said["key"])
            old, new = (answers.in_words(pack, said["key"], said[side]) for side in ("old", "new"))
            return Change(entry, question.text if question else said["key"], old, new)
        case "day":
            day = written_day(date.fromisoformat(said["key"]))
            what = f"{day}（{said['label']}）" if said["label"] else day
            return Change(entry, what, _DAYS[said["old"]], _DAYS[said["new"]])
    return Change(entry, str(SeasonAction(entry.action).label))


def days_in_words(days: Mapping[str, Any]) -> str:
    """Write the days of a window, as the log keeps them: from when until when, and for how long it is lenient."""
    opens, closes = (
        "不限" if text == "None" else written_day(date.fromisoformat(text)) for text in (days["opens"], days["closes"])
    )
    grace = f"，宽限{days['grace_days']}天" if days["grace_days"] else ""
    late = f"，补报{days['late_days']}天" if days["late_days"] else ""
    return f"{opens}至{closes}{grace}{late}"


def _places_in_words(changes: Sequence[Mapping[str, Any]], parts: Sequence[Mapping[str, Any]], side: str) -> str:
    places = [f"{each['group']}{'未设定' if each[side] is None else each[side]}" for each in changes]
    divided = [f"{each['group']}（{parts_in_words(each[side]) or '不分产业'}）" for each in parts]
    return "，".join([*places, *divided])
