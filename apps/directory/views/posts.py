"""Screens of posts: who holds them, who takes them over, who stands in while their holder is away."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.core import exports
from apps.core.days import written_day
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post, text_sent
from apps.core.tables import arranged
from apps.directory import selectors, services
from apps.directory.forms import EndForm, HandOverForm, PostForm, SubstituteForm
from apps.directory.models import Post, Region
from apps.directory.permissions import keeps_posts_of, places_kept
from apps.directory.tables import COLUMNS, PostFilter, PostTable
from apps.directory.views.asking import ask

_CHANGES_SHOWN = 20


def _only_for_keepers(request: ViewerRequest) -> None:
    if not places_kept(request.viewer, request.at):
        raise PermissionDenied("任职由协调办公室和系统管理员管理，您当前的任职没有此权限。")


@login_required
@require_safe
def away(request: ViewerRequest) -> HttpResponse:
    """Show the viewer for which posts he may name a substitute, and who stands in for whom."""
    known = list(selectors.substitutions_of(request.viewer))
    context = {
        "posts": selectors.posts_to_lend(request.viewer, request.at),
        "given": [each for each in known if each.post.user_id == request.viewer.user_id],
        "received": [each for each in known if each.substitute_id == request.viewer.user_id],
    }
    return render(request, "directory/away.html", context)


@login_required
@require_safe
def posts(request: ViewerRequest) -> HttpResponseBase:
    """List the posts that the viewer keeps, narrowed as he asks, with what was changed lately; or as a workbook."""
    _only_for_keepers(request)
    narrowed = PostFilter(request.GET, selectors.posts_kept(request.viewer, request.at), request=request)
    table = arranged(PostTable(narrowed.qs), request)
    if exports.is_wanted(request):
        return exports.answer("任职", COLUMNS, table.data.data)
    changes = selectors.changes_kept(request.viewer, request.at)[:_CHANGES_SHOWN]
    return render(request, "directory/posts.html", {"filter": narrowed, "table": table, "changes": changes})


@login_required
@require_safe
def post(request: ViewerRequest, pk: int) -> HttpResponse:
    """Show a post with who stood in for its holder and every change of it."""
    found = _post(request, pk)
    context = {
        "post": found,
        "is_over": bool(found.ends and found.ends < timezone.localdate(request.at)),
        "keeps": keeps_posts_of(request.viewer, found.place, request.at),
        "substitutions": selectors.substitutions_in(found),
        "changes": selectors.changes_of(found),
    }
    return render(request, "directory/post.html", context)


@login_required
@get_or_post
def give_post(request: ViewerRequest) -> HttpResponse:
    """Give somebody a post: first look person and place up, then choose."""
    _only_for_keepers(request)
    places = selectors.places_to_fill(request.viewer, request.at)
    users = selectors.active_users()
    initial = {"starts": timezone.localdate(request.at)}
    form = PostForm(request.POST or None, users=users, places=places, initial=initial)

    def save(said: Mapping[str, Any]) -> str:
        kind = "region" if isinstance(said["place"], Region) else "organization"
        kept = {name: said[name] for name in ("user", "role", "title", "starts", "ends", "reason")}
        made = services.give_post(**kept, **{kind: said["place"]}, by=request.viewer, at=request.at)
        messages.success(request, f"已任职：{made.user}，{made.title}。")
        return reverse("directory:post", args=[made.pk])

    sought = _sought(request, "place")
    context = {
        "places": selectors.places_called(places, sought) if sought else [],
        "asks_place": True,
        "sought_place": sought,
        "title": "新增任职",
        "back": reverse("directory:posts"),
    }
    return ask(request, form, save, context | _found(request, users if _sought(request) else users.none()))


@login_required
@get_or_post
def end_post(request: ViewerRequest, pk: int) -> HttpResponse:
    """Let a post end on a day, with a reason."""
    found = _kept(request, pk)

    def save(said: Mapping[str, Any]) -> str:
        ended = services.end_post(post=found, **said, by=request.viewer, at=request.at)
        assert ended.ends is not None
        messages.success(request, f"{ended.user}的任职至{written_day(ended.ends)}止。")
        return reverse("directory:post", args=[ended.pk])

    form = EndForm(request.POST or None, initial={"ends": timezone.localdate(request.at)})
    return ask(request, form, save, _about(found, "结束任职"))


@login_required
@get_or_post
def hand_over(request: ViewerRequest, pk: int) -> HttpResponse:
    """Let a successor take a post over with all that lies on its desk."""
    found = _kept(request, pk)
    users = selectors.active_users().exclude(pk=found.user_id)

    def save(said: Mapping[str, Any]) -> str:
        taken = services.hand_over(
            post=found, to=said["user"], on=said["on"], reason=said["reason"], by=request.viewer, at=request.at
        )
        messages.success(request, f"已移交：{written_day(taken.starts)}起由{taken.user}任职，待办事项一并移交。")
        return reverse("directory:post", args=[taken.pk])

    form = HandOverForm(request.POST or None, users=users, initial={"on": timezone.localdate(request.at)})
    context = _about(found, "移交任职", "本岗位的待办事项留在原岗位，接任人自接任日起即可办理。")
    return ask(request, form, save, context | _found(request, users if _sought(request) else users.none()))


@login_required
@get_or_post
def substitute(request: ViewerRequest, pk: int) -> HttpResponse:
    """Name who stands in for the holder of a post while he is away."""
    found = _post(request, pk)
    users = selectors.stand_ins(found, request.at)

    def save(said: Mapping[str, Any]) -> str:
        stand_in = said["user"]
        days = {name: said[name] for name in ("starts", "ends", "reason")}
        services.substitute(post=found, substitute=stand_in, **days, by=request.viewer, at=request.at)
        messages.success(request, f"已委托{stand_in}代办，双方均已收到通知。")
        mine = found.user_id == request.viewer.user_id
        return reverse("directory:away") if mine else reverse("directory:post", args=[found.pk])

    form = SubstituteForm(request.POST or None, users=users, initial={"starts": timezone.localdate(request.at)})
    note = "代办人以自己的名义办理，记录中注明代谁办理。涉及任职人本人的事项，代办人不能办理。"
    return ask(request, form, save, _about(found, "委托代办", note) | _found(request, users))


@login_required
@get_or_post
def end_substitution(request: ViewerRequest, pk: int) -> HttpResponse:
    """Ask once more, then end a substitution before its time."""
    row = get_object_or_404(selectors.substitutions_in_sight(request.viewer, request.at), pk=pk)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            services.end_substitution(substitution=row, by=request.viewer, at=request.at)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "委托已结束，双方均已收到通知。")
            return redirect("directory:away")
    context = {"row": row, "refusals": refusals}
    return render(request, "directory/end_substitution.html", context, status=409 if refusals else 200)


def _post(request: ViewerRequest, pk: int) -> Post:
    found = selectors.post_in_sight(request.viewer, pk, request.at)
    if found is None:
        raise Http404
    return found


def _kept(request: ViewerRequest, pk: int) -> Post:
    """Return a post that the viewer keeps; tell its holder who does, and a stranger nothing."""
    found = _post(request, pk)
    if not keeps_posts_of(request.viewer, found.place, request.at):
        raise PermissionDenied(f"{found.place}的任职由当地协调办公室和系统管理员管理，您当前的任职没有此权限。")
    return found


def _sought(request: ViewerRequest, name: str = "name") -> str:
    return text_sent(request.GET, name)[:50]


def _found(request: ViewerRequest, users: Any) -> dict[str, Any]:
    """Return the users to choose from: those sought by name."""
    sought = _sought(request)
    found = selectors.users_called(users, sought)
    is_cut = len(found) == selectors.MOST_FOUND
    return {
        "asks_user": True,
        "sought": sought,
        "found": found,
        "is_cut": is_cut,
        "new_login": _new_login(request, sought),
    }


def _new_login(request: ViewerRequest, sought: str) -> str:
    """Return where a keeper of posts makes the login of whom he did not find, to come back with it."""
    if not sought or not places_kept(request.viewer, request.at):
        return ""
    place = _sought(request, "place")
    back = f"{request.path}?{urlencode({'place': place})}" if place else request.path
    return f"{reverse('directory:make_login')}?{urlencode({'name': sought, 'next': back})}"


def _about(found: Post, title: str, note: str = "") -> dict[str, Any]:
    back = reverse("directory:post", args=[found.pk])
    return {"post": found, "title": title, "note": note, "button": title, "back": back}
