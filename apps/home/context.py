"""What the frame around every page needs."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.requests import ViewerRequest
from apps.directory.permissions import keeps_people, places_kept
from apps.home.lost import shown_once
from apps.home.permissions import reads_the_matrix
from apps.matching.permissions import has_a_place, looks_people_up
from apps.notices import selectors as notices
from apps.policies.parts import Part, parts_of
from apps.recognition.permissions import looks_in
from apps.seasons.selectors import policies_around

ELDER_COOKIE = "elder"
MOST_IN_A_ROW = 8
WORK, PEOPLE, PAIRING, PLACES, PUBLIC = "批次与人员", "申请与聘任", "需求与对接", "志愿与分配", "公开信息"

TOP = frozenset({"home:front", "home:login", "home:search", "home:messages", "home:profile"})
"""Pages outside the menu from which nothing leads up: each stands in the head of every page."""
BELONGING = {
    "applications": "applications:start",
    "batch": "home:inbox",
    "changes": "appointments:list",
    "dockets": "home:inbox",
    "notices": "home:seasons",
    "placements": "matching:placing",
    "records": "home:inbox",
    "seasons": "seasons:policies",
    "substitutions": "directory:posts",
    "wishes/industries": "matching:runs",
    "wishes/judge": "matching:received",
    "writing/application": "applications:start",
    "writing/change": "appointments:list",
    "writing/recognition": "recognition:targets",
}
"""To which entry pages belong whose address lies below none of the viewer's, by its first word or its first two."""


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu; `is_here` marks the part of the house the page belongs to."""

    label: str
    url: str
    is_here: bool


@dataclass(frozen=True)
class MenuGroup:
    """Entries that open under one word, or stand in the row themselves where `label` is empty."""

    label: str
    entries: Sequence[MenuItem]

    @property
    def is_here(self) -> bool:
        """Tell whether the page belongs to one of them."""
        return any(entry.is_here for entry in self.entries)


def frame(request: ViewerRequest) -> dict[str, Any]:
    """Return the viewer, the moment, and, asked only by the frame itself, the menu, the way up, the unread messages
    and what was typed in a form before its sender signed in again.

    A request refused before the middleware saw it has none of these.
    """
    if not hasattr(request, "viewer"):
        return {}
    entries = cache(lambda: _entries(request))
    return {
        "viewer": request.viewer,
        "at": request.at,
        "today": timezone.localdate(request.at),
        "menu": lambda: _groups(entries()),
        "above": lambda: _above(request, entries()),
        "unread": lambda: notices.unread(request.viewer.user_id) if request.viewer.user_id else 0,
        "lost": lambda: shown_once(request.session) if request.viewer.user_id else None,
        "is_elder": request.COOKIES.get(ELDER_COOKIE) == "1",
    }


def _entries(request: ViewerRequest) -> list[tuple[str, MenuItem]]:
    """Return the entries with their groups; the page belongs to the one that lies nearest above it."""
    entries = [(group, label, name, reverse(name)) for group, label, name in _menu(request)]
    words = request.path.split("/")[1:3]
    kin = BELONGING.get("/".join(words)) or BELONGING.get(words[0])
    of_kin = next((url for *_, name, url in entries if name == kin), "")
    here = max((url for *_, url in entries if request.path.startswith(url)), key=len, default=of_kin)
    return [(group, MenuItem(label, url, url == here)) for group, label, _, url in entries]


def _above(request: ViewerRequest, entries: Sequence[tuple[str, MenuItem]]) -> MenuItem | None:
    """Return the way up: to the entry that the page belongs to, or else home; None from where there is none."""
    match = request.resolver_match
    if any(one.url == request.path for _, one in entries) or (match and match.view_name in TOP):
        return None
    home = MenuItem("我的事项", reverse("home:inbox"), is_here=False)
    if not request.viewer.user_id:
        home = MenuItem("首页", reverse("home:front"), is_here=False)
    return next((one for _, one in entries if one.is_here), home)


def _groups(entries: Sequence[tuple[str, MenuItem]]) -> list[MenuGroup]:
    """Gather entries under their words, in the order of the first of each; few stand in one row as they are."""
    if len(entries) <= MOST_IN_A_ROW:
        return [MenuGroup("", [entry for _, entry in entries])]
    gathered: dict[str, list[MenuItem]] = {}
    for group, entry in entries:
        gathered.setdefault(group or entry.label, []).append(entry)
    return [MenuGroup(label if len(found) > 1 else "", found) for label, found in gathered.items()]


def _menu(request: ViewerRequest) -> Iterator[tuple[str, str, str]]:
    """Yield the entries as (group, label, name of the address): what the viewer may open and his policies have."""
    viewer: Actor = request.viewer
    parts = parts_of(policies_around(viewer, request.at))
    if viewer.user_id:
        yield "", "我的事项", "home:inbox"
        yield from _of_offices(viewer, request.at)
        yield from _of_people(viewer, parts, request.at)
        yield from _of_matching(viewer, parts, request.at)
    yield PAIRING, "科技需求", "matching:public_needs"
    yield PUBLIC, "公示", "notices:lists"
    if Part.ALLOCATION in parts:
        yield PUBLIC, "分配公示", "matching:public_runs"
    yield PUBLIC, "通知公告", "notices:announcements"
    yield PUBLIC, "政策文件", "seasons:policies"
    yield PUBLIC, "文件验证", "notices:verify"
    yield "", "使用帮助", "home:guide"


def _of_offices(viewer: Actor, at: datetime) -> Iterator[tuple[str, str, str]]:
    if _works_for_a_region(viewer, at) or places_kept(viewer, at):
        yield WORK, "年度批次", "home:seasons"
    if places_kept(viewer, at):
        yield WORK, "任职管理", "directory:posts"
    if keeps_people(viewer, at):
        yield WORK, "人员管理", "directory:people"
        yield WORK, "账号管理", "directory:logins"
    if reads_the_matrix(viewer, at):
        yield WORK, "权限矩阵", "home:permissions"


def _of_people(viewer: Actor, parts: Collection[Part], at: datetime) -> Iterator[tuple[str, str, str]]:
    is_office = viewer.is_in_office(at)
    if is_office:
        yield PEOPLE, "申请库", "applications:list"
        yield PEOPLE, "受聘人员", "appointments:list"
    if is_office and Part.CHANGES in parts:
        yield PEOPLE, "聘任调整", "appointments:changes"
    if viewer.person_id:
        yield PEOPLE, "申请", "applications:start"
        yield PEOPLE, "我的文件", "notices:mine"
    if viewer.person_id and not is_office:
        yield PEOPLE, "我的聘任", "appointments:list"
    if (viewer.person_id or is_office) and Part.AGREEMENTS in parts:
        yield PEOPLE, "协议", "appointments:agreements"


def _of_matching(viewer: Actor, parts: Collection[Part], at: datetime) -> Iterator[tuple[str, str, str]]:
    looks_up, has_region = looks_people_up(viewer, at), _works_for_a_region(viewer, at)
    if looks_up:
        yield PAIRING, "需求管理", "matching:needs"
    if (viewer.person_id or looks_up) and Part.PAIRING in parts:
        yield PAIRING, "双向对接", "matching:pairings"
    if (viewer.person_id or has_region) and Part.POOL in parts:
        yield PAIRING, "储备库", "matching:pool"
    if looks_up:
        yield PAIRING, "科技特派员名录", "matching:commissioners"
    if looks_in(viewer, at) and Part.RECOGNITION in parts:
        yield PAIRING, "服务对象", "recognition:targets"
    if viewer.person_id and Part.ALLOCATION in parts:
        yield PLACES, "志愿", "matching:mine"
    if has_region and Part.ALLOCATION in parts:
        yield PLACES, "志愿审核", "matching:received"
        yield PLACES, "分配", "matching:runs"
    if has_a_place(viewer, at) and Part.PLACING in parts:
        yield PLACES, "挂村联户", "matching:placing"


def _works_for_a_region(viewer: Actor, at: datetime) -> bool:
    """Tell whether a viewer sees the records of a region; one of a unit or a host sees its own alone."""
    return bool(viewer.region_paths(at))
