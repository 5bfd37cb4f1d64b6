"""What is done to start, write and hand in an application; the offices' further acts are those of the desks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.applications.guards import NO_WINDOW, SEASON_OVER, not_begun, over, too_late
from apps.applications.models import Application, Submission
from apps.applications.permissions import may_write
from apps.applications.selectors import (
    KIND,
    LATE,
    Drawn,
    differs,
    from_file,
    of_person,
    pairing_key,
    start_in,
    starts_of,
)
from apps.core import door, files, log, sets
from apps.core.actors import CLOCK, Actor
from apps.core.days import written_moment
from apps.core.fields import storable
from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused
from apps.core.uploads import Accepted
from apps.desks.states import WRITING, DeskAction, DeskState
from apps.directory.models import Organization, Person, Region
from apps.directory.states import Level
from apps.matching.models import Need, Pairing
from apps.matching.selectors import pairings
from apps.matching.services import pairings as matching
from apps.policies.applying import routes_in_force
from apps.policies.schema import APPLICANT, Attachment
from apps.policies.values import fields_of
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of, window_status
from apps.seasons.states import SeasonState

MOST_TYPED = 20_000
MOST_OF_A_REASON = 500
WRITTEN_ELSEWHERE = Refusal(
    "written_elsewhere",
    "本页内容已在另一窗口或设备上改动。",
    "所填内容仍在本页，请按“保存并继续”比对后选择以哪一处为准。",
)
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
    return begun if need is None else save(application=begun, typed=_asked_by(need), by=by, at=at)


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
    _name_places(draft)
    try:
        (created,) = door.create([draft], by=by, at=at)
    except IntegrityError:
        existing = of_person(person.pk, season)
        if existing is None:
            raise
        return existing
    return created


def _refuse_outside(season: Season, at: datetime) -> None:
    window = window_status(season, pack_of(season).processes.application.window, at)
    refusal = (not_begun(window) or over(window)) if window else NO_WINDOW
    if season.state != SeasonState.OPEN:
        refusal = SEASON_OVER
    if refusal:
        raise Refused(refusal)


@transaction.atomic
def save(
    *, application: Application, typed: Mapping[str, Any], by: Actor, at: datetime, drawn: Drawn | None = None
) -> Application:
    """Keep what the applicant has typed, wrong or not, as long as he is the one writing and may still write.

    Only facts of the form are kept; county, unit and host follow the entries that name them. Raises Refused once
    handed in, and where the page it was typed on, as `drawn`, was written otherwise in another window since.
    """
    mine = _locked(application, by, at)
    known = {field.fact for field in fields_of(pack_of(mine.season).processes.application, starts_of(mine))}
    kept = {name: storable(value) for name, value in typed.items() if name in known}
    is_other = any(differs(mine, name, value) for name, value in kept.items())
    if drawn and is_other and drawn.is_overtaken(mine):
        raise Refused(WRITTEN_ELSEWHERE)
    if sum(len(str(value)) for value in kept.values()) > MOST_TYPED:
        raise Refused(Refusal("too_long", f"所填内容超过{MOST_TYPED}字，未保存。", "请精简后再试。"))
    mine.content = {**mine.content, **kept}
    if drawn:
        mine.written = {**mine.written, str(drawn.page): drawn.mark}
    _name_places(mine)
    mine.save(update_fields=["content", "written", "county", "unit", "host"])
    return mine


def _name_places(application: Application) -> None:
    """Let county, unit and host follow the entries that name them anew; a host lies where the season runs."""
    named = {name: str(application.content.get(name) or "") for name in _PLACES}
    if named["application.county"] != (application.county_id or ""):
        application.county = _county(application)
    if named["person.unit"] != str(application.unit_id or ""):
        application.unit = _organization(named["person.unit"])
    if named["application.host"] != str(application.host_id or ""):
        host = _organization(named["application.host"])
        within = application.season.jurisdiction.path
        application.host = host if host and host.region.path.startswith(within) else None


def _county(application: Application) -> Region | None:
    code = str(application.content.get("application.county") or "")
    within = application.season.jurisdiction.path
    return Region.objects.filter(pk=code, level=Level.COUNTY, path__startswith=within).first()


def _organization(key: str) -> Organization | None:
    known = Organization.objects.select_related("region")
    return known.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 12 else None


def _locked(application: Application, by: Actor, at: datetime) -> Application:
    """Return the application, locked, for its writer; raise Refused once he may no longer write in it."""
    row = (
        Application.objects.select_for_update(of=("self",))
        .select_related("season__jurisdiction", "person")
        .defer("season__source_text")
        .get(pk=application.pk)
    )
    if not may_write(by, row, at):
        raise Refused(Refusal("read_only", "申请已提交，不能再修改。", "如需更正，请联系办理环节退回修改。"))
    window = window_status(row.season, pack_of(row.season).processes.application.window, at)
    late = too_late(row, row.season.state == SeasonState.OPEN, window)
    if late:
        raise Refused(late)
    return row


@transaction.atomic
def attach(*, application: Application, wanted: Attachment, accepted: Accepted, by: Actor, at: datetime) -> Application:
    """Keep an uploaded document; raises Refused when there are as many as the pack allows."""
    mine = _locked(application, by, at)
    mine.files = files.added(mine.files, wanted.id, accepted, label=wanted.label, at_most=wanted.at_most_files)
    mine.save(update_fields=["files"])
    return mine


@transaction.atomic
def detach(*, application: Application, wanted: str, digest: str, by: Actor, at: datetime) -> Application:
    """Take a document off the application; the stored file stays, for earlier submissions may name it."""
    mine = _locked(application, by, at)
    mine.files = {**mine.files, wanted: [file for file in mine.files.get(wanted, []) if file["digest"] != digest]}
    mine.save(update_fields=["files"])
    return mine


@transaction.atomic
def submit(
    *, application: Application, by: Actor, at: datetime, reasons: Mapping[str, str] | None = None, token: str = ""
) -> Application:
    """Hand the application in: judge it by the pack, freeze its route, lay it on the first desk, keep what was said.

    `reasons` says, for each rule that is only meant in principle and not met, why he is to be appointed all the same,
    and under `LATE` why it comes after the window; they are kept and logged.

    Raises Refused with what is missing, or the requirement not met and its clause.
    """
    given = {rule: storable(reason).strip()[:MOST_OF_A_REASON] for rule, reason in (reasons or {}).items()}
    if given:
        late = {LATE: application.reasons[LATE]} if LATE in application.reasons else {}
        Application.objects.filter(pk=application.pk, state__in=WRITING).update(reasons=late | given)
    details = {"reasons": given} if given else {}
    moved = door.advance_one(application, "submit", token_key=token, by=by, at=at, details=details)
    if moved.submitted and moved.state not in WRITING:
        n = 1 if application.state == DeskState.DRAFT else _times_submitted(moved)
        handed_in = Submission(application=moved, n=n, content=moved.content, files=moved.files, at=moved.submitted)
        sets.insert([handed_in], skip_known=True)
    return moved


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


def _times_submitted(application: Application) -> int:
    return log.entries_of(Ref(KIND, str(application.pk))).filter(action=DeskAction.SUBMIT).count()
