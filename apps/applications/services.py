"""What is done to start an application, and what a pairing does for it; it is written and handed in as all is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.applications.models import Application
from apps.applications.selectors import KIND, from_file, of_person, pairing_key, start_in
from apps.core import door
from apps.core.actors import CLOCK, Actor
from apps.core.days import written_moment
from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused
from apps.desks.states import DeskAction, DeskState
from apps.directory.models import Person, Region
from apps.directory.states import Level
from apps.matching.models import Need, Pairing
from apps.matching.selectors import pairings
from apps.matching.services import pairings as matching
from apps.policies.applying import routes_in_force
from apps.policies.schema import APPLICANT
from apps.seasons.guards import NO_WINDOW, not_begun, over, season_over
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of, window_status
from apps.writing import services as writing
from apps.writing.permissions import may_write
from apps.writing.selectors import organization_of

_PLACES = ("application.county", "person.unit", "application.host")


def start(*, season: Season, person: Person, by: Actor, at: datetime) -> Application:
    """Begin one's own application, filled in from the person's file, or return the one there already is about him.

    Raises Refused for another's file, a season that is not open, outside its window, and where no one applies himself.
    """
    if by.person_id != person.pk:
        raise Refused(Refusal("not_yours", "只能为本人申请。", "请用本人账号登录。"))
    pack = pack_of(season)
    if not routes_in_force(pack.processes.application, season.answers, pack, APPLICANT):
        raise Refused(Refusal("not_by_oneself", "本批次由办理机关发起，不受理个人申请。", "请与所在县科技部门联系。"))
    begun = _begin(season, person, desk(APPLICANT, Ref("person", str(person.pk))), by, at)
    if begun.state == DeskState.DRAFT and not may_write(by, begun, at):
        raise Refused(Refusal("started_for_you", "办理机关正在为您拟选派申请。", "请等待其提交后办理，或与其联系。"))
    return begun


def start_for(*, season: Season, person: Person, by: Actor, at: datetime, need: Need | None = None) -> Application:
    """Begin an application for another as the office that the pack lets start one, or return the office's own draft.

    A need that he is to serve is filled in: its county, host, industry and what is asked.

    Raises Refused for who may not, for a person who has an application already, outside season and window.
    """
    start = start_in(season, by, at)
    if start is None:
        raise Refused(Refusal("not_yours", "您当前的任职不能为他人发起申请。", "请由政策规定的机关办理。"))
    if by.person_id == person.pk:
        raise Refused(Refusal("own_case", "不能由您为本人发起。", "请由同事办理。"))
    begun = _begin(season, person, start.desk, by, at)
    if begun.starter != start.desk:
        raise Refused(
            Refusal("has_one", f"{person.name}在本批次已有一份申请。", "一人一批次只有一份，请在申请库中查看。")
        )
    return begun if need is None else writing.save(record=begun, typed=_asked_by(need), by=by, at=at)


def _asked_by(need: Need) -> dict[str, Any]:
    """Return what a need says of an application that is to serve it."""
    return {
        "application.county": need.county_id,
        "application.host": str(need.host_id or ""),
        "application.industries": [need.industry],
        "application.plan": need.detail,
    }


def _begin(season: Season, person: Person, starter: str, by: Actor, at: datetime) -> Application:
    """Return the person's live application in a season, begun at a desk unless there is one."""
    existing = of_person(person.pk, season)
    if existing:
        return existing
    _refuse_outside(season, at)
    draft = Application(season=season, person=person, starter=starter, content=from_file(person))
    settle(draft)
    return writing.begin(draft, find=lambda: of_person(person.pk, season), by=by, at=at)


def _refuse_outside(season: Season, at: datetime) -> None:
    window = window_status(season, pack_of(season).processes.application.window, at)
    refusal = season_over(season) or ((not_begun(window) or over(window)) if window else NO_WINDOW)
    if refusal:
        raise Refused(refusal)


def settle(application: Application) -> Sequence[str]:
    """Let county, unit and host follow the entries that name them anew; a host lies where the season runs."""
    named = {name: str(application.content.get(name) or "") for name in _PLACES}
    if named["application.county"] != (application.county_id or ""):
        application.county = _county(application)
    if named["person.unit"] != str(application.unit_id or ""):
        application.unit = organization_of(named["person.unit"])
    if named["application.host"] != str(application.host_id or ""):
        host = organization_of(named["application.host"])
        within = application.season.jurisdiction.path
        application.host = host if host and host.region.path.startswith(within) else None
    return ("county", "unit", "host")


def _county(application: Application) -> Region | None:
    code = str(application.content.get("application.county") or "")
    within = application.season.jurisdiction.path
    return Region.objects.filter(pk=code, level=Level.COUNTY, path__startswith=within).first()


@transaction.atomic
def pass_by_pairing(*, application: int, at: datetime) -> Application | None:
    """Let the clock pass on what waits for a host that has agreed with the person: the pairing is its consent.

    The log cites whose word it was, when and on which text; the pairing is used up. Return None where nothing waits.
    """
    waiting = Application.objects.get(pk=application)
    key = pairing_key(waiting)
    pairing = pairings.agreed_at(*key) if key else None
    if pairing is None:
        return None
    details = {"pairing": pairing.number, "digest": pairing.digest()}
    opinion = _consent_in_words(pairing)
    try:
        moved = door.advance_one(waiting, DeskAction.PASS_UP, by=CLOCK, at=at, opinion=opinion, details=details)
    except Refused:
        return None
    matching.use(pairing=pairing, record=Ref(KIND, str(application)), at=at)
    return moved


def pass_agreed(*, pairing: int, at: datetime) -> Application | None:
    """Let the clock pass on the application, if there is one, that waits for the consent which a pairing has given."""
    agreed = Pairing.objects.get(pk=pairing)
    waiting = Application.objects.filter(season=agreed.season_id, person=agreed.person_id, desk=agreed.desk)
    found = waiting.filter(state=DeskState.AWAITING_CONSENT).order_by("pk").first()
    return pass_by_pairing(application=found.pk, at=at) if found else None


def _consent_in_words(pairing: Pairing) -> str:
    """Say whose consent a pairing is."""
    said = pairings.consent_of_host(pairing)
    assert said.given is not None
    return (
        f"{pairing.host}已在双向对接（{pairing.number}）中同意：{said.given_by}，{written_moment(said.given)}，"
        f"对接内容SHA-256 {said.digest}。"
    )
