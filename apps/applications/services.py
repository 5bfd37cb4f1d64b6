"""What an applicant does; the offices' acts are those of the desks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.applications.guards import NO_WINDOW, SEASON_OVER, not_begun, over, too_late
from apps.applications.models import Application, Submission
from apps.applications.permissions import may_write
from apps.applications.selectors import KIND, from_file, of_person
from apps.core import door, files, log
from apps.core.actors import Actor
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.uploads import Accepted
from apps.desks.states import WRITING, DeskAction
from apps.directory.models import Organization, Person, Region
from apps.directory.states import Level
from apps.policies.schema import Attachment
from apps.policies.values import fields_of
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of, window_status
from apps.seasons.states import SeasonState

MOST_TYPED = 20_000


def start(*, season: Season, person: Person, by: Actor, at: datetime) -> Application:
    """Begin an application, filled in from the person's file, or return the one he already has.

    Raises Refused for another's file, a season that is not open and outside its window.
    """
    if by.person_id != person.pk:
        raise Refused(Refusal("not_yours", "只能为本人申请。", "请用本人账号登录。"))
    existing = of_person(person.pk, season)
    if existing:
        return existing
    _refuse_outside(season, at)
    draft = Application(season=season, starter=person, content=from_file(person))
    draft.county, draft.unit = _county(draft), _unit(draft)
    try:
        with transaction.atomic():
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
def save(*, application: Application, typed: Mapping[str, Any], by: Actor, at: datetime) -> Application:
    """Keep what the applicant has typed, wrong or not, as long as he is the one writing and may still write.

    Only facts of the form are kept; county and unit follow the entries that name them. Raises Refused once handed in.
    """
    mine = _locked(application, by, at)
    known = {field.fact for field in fields_of(pack_of(mine.season).processes.application)}
    kept = {name: _storable(value) for name, value in typed.items() if name in known}
    if sum(len(str(value)) for value in kept.values()) > MOST_TYPED:
        raise Refused(Refusal("too_long", f"所填内容超过{MOST_TYPED}字，未保存。", "请精简后再试。"))
    mine.content = {**mine.content, **kept}
    mine.county, mine.unit = _county(mine), _unit(mine)
    mine.save(update_fields=["content", "county", "unit"])
    return mine


def _storable(value: Any) -> Any:
    """Leave out the one character that no database keeps."""
    return [_storable(one) for one in value] if isinstance(value, list) else str(value).replace("\0", "")


def _county(application: Application) -> Region | None:
    code = str(application.content.get("application.county") or "")
    within = application.season.jurisdiction.path
    return Region.objects.filter(pk=code, level=Level.COUNTY, path__startswith=within).first()


def _unit(application: Application) -> Organization | None:
    key = str(application.content.get("person.unit") or "")
    units = Organization.objects.select_related("region")
    return units.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 12 else None


def _locked(application: Application, by: Actor, at: datetime) -> Application:
    """Return the application, locked, for its writer; raise Refused once he may no longer write in it."""
    row = (
        Application.objects.select_for_update(of=("self",))
        .select_related("season__jurisdiction", "starter")
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
    present = mine.files.get(wanted.id, [])
    digest = files.store(accepted.data, accepted.suffix)
    if any(file["digest"] == digest for file in present):
        return mine
    if len(present) >= wanted.at_most_files:
        raise Refused(
            Refusal("too_many_files", f"“{wanted.label}”最多{wanted.at_most_files}个文件。", "请先移除一个再上传。")
        )
    entry = {
        "digest": digest, "suffix": accepted.suffix, "name": accepted.shown_name, "size": len(accepted.data)
    }  # fmt: skip
    mine.files = {**mine.files, wanted.id: [*present, entry]}
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
def submit(*, application: Application, by: Actor, at: datetime, token: str = "") -> Application:
    """Hand the application in: judge it by the pack, freeze its route, lay it on the first desk, keep what was said.

    Raises Refused with what is missing, or the requirement not met and its clause.
    """
    moved = door.advance_one(application, "submit", token_key=token, by=by, at=at)
    if moved.submitted and moved.state not in WRITING:
        n = log.entries_of(Ref(KIND, str(moved.pk))).filter(action=DeskAction.SUBMIT).count()
        Submission.objects.get_or_create(
            application=moved,
            n=n,
            defaults={"content": moved.content, "files": moved.files, "at": moved.submitted},
        )
    return moved
