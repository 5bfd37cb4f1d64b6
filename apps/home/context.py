"""What the frame around every page needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.core.actors import VIEW, Actor
from apps.core.requests import ViewerRequest
from apps.directory.permissions import places_kept
from apps.home.permissions import reads_the_matrix
from apps.matching.permissions import looks_people_up
from apps.notices import selectors as notices

ELDER_COOKIE = "elder"


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu; `is_here` marks the part of the house the page belongs to."""

    label: str
    url: str
    is_here: bool


def frame(request: ViewerRequest) -> dict[str, Any]:
    """Return the viewer, the moment, and, asked only by the frame itself, the menu and the unread messages.

    A request refused before the middleware saw it has none of these.
    """
    if not hasattr(request, "viewer"):
        return {}
    return {
        "viewer": request.viewer,
        "at": request.at,
        "today": timezone.localdate(request.at),
        "menu": lambda: [_item(request, label, name) for label, name in _menu(request)],
        "unread": lambda: notices.unread(request.viewer.user_id) if request.viewer.user_id else 0,
        "is_elder": request.COOKIES.get(ELDER_COOKIE) == "1",
    }


def _item(request: ViewerRequest, label: str, name: str) -> MenuItem:
    url = reverse(name)
    return MenuItem(label, url, request.path.startswith(url))


def _menu(request: ViewerRequest) -> Iterator[tuple[str, str]]:
    viewer: Actor = request.viewer
    if viewer.user_id:
        yield "我的事项", "home:inbox"
    if viewer.person_id:
        yield "申请", "applications:start"
        yield "我的文件", "notices:mine"
        yield "协议", "appointments:agreements"
    if any(viewer.posts_with(VIEW, request.at)):
        yield "申请库", "applications:list"
        yield "受聘人员", "appointments:list"
        if not viewer.person_id:
            yield "协议", "appointments:agreements"
        yield "年度批次", "home:seasons"
    if reads_the_matrix(viewer, request.at):
        yield "权限矩阵", "home:permissions"
    if places_kept(viewer, request.at):
        yield "任职管理", "directory:posts"
    if viewer.user_id and (viewer.person_id or looks_people_up(viewer, request.at)):
        yield "双向对接", "matching:pairings"
        yield "储备库", "matching:pool"
    if looks_people_up(viewer, request.at):
        yield "科技特派员名录", "matching:commissioners"
    if viewer.person_id:
        yield "志愿", "matching:mine"
    if any(post.path for post in viewer.posts_with(VIEW, request.at)):
        yield "志愿审核", "matching:received"
        yield "分配", "matching:runs"
    if viewer.user_id:
        yield "征求调整意见", "matching:consents"
    yield "科技需求", "matching:public_needs"
    yield "公示", "notices:lists"
    yield "通知公告", "notices:announcements"
    yield "政策文件", "seasons:policies"
    yield "文件验证", "notices:verify"
    yield "使用帮助", "home:guide"
