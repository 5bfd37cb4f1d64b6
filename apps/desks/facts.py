"""What the guards of the walk need to know, fetched once for a whole batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.core.actors import EXPERT
from apps.core.kinds import Decision
from apps.core.log import digest_of
from apps.core.refs import Ref, desk
from apps.desks.joint import Said, Standing, judge, lasts
from apps.desks.models import DeskRecord, DocketItem, Paper, Verdict
from apps.desks.states import JOINT, DeskAction, DeskState, DocketPurpose, DocketState
from apps.desks.steps import passed_before
from apps.directory.models import Post
from apps.directory.selectors import valid_posts
from apps.policies.calendar import Exceptions, Span
from apps.seasons.selectors import exceptions_in

Days = Mapping[int, Exceptions]
"""The days set in seasons, by the keys of these."""


@dataclass(frozen=True)
class Candidate:
    """One who may be asked for his verdict: his desk, what he is called, and why he may not be, where he may not.

    Whom the policy itself names `is_fixed`: he is asked in any case.
    """

    desk: str
    name: str
    unit: str = ""
    conflict: str = ""
    is_fixed: bool = False


@dataclass(frozen=True)
class DeskFacts:
    """How a record stands on its desk.

    `opened` tells whether its desk has opened the paper; `standing` how its joint act stands; `candidates` who may be
    asked; `spoken` the parties that have spoken; `said` the verdicts by party; `word` what its docket says, None where
    it stands on none; `has_agreed_before` that the desk where it lies has given its consent before, elsewhere;
    `passed_before` at which step the actor has passed it up already.
    """

    opened: bool = False
    standing: Standing | None = None
    candidates: Mapping[str, Candidate] = field(default_factory=dict)
    spoken: frozenset[str] = frozenset()
    said: Mapping[str, Verdict] = field(default_factory=dict)
    word: str | None = None
    has_agreed_before: bool = False
    passed_before: str = ""


def facts_for(kind: str, records: Sequence[DeskRecord], decision: Decision) -> Mapping[int, Any]:
    """Return what the guards of an action ask of each record; acts that ask nothing cost no query."""
    match decision.action:
        case DeskAction.RECALL:
            return {pk: DeskFacts(opened=opened) for pk, opened in _opened(kind, records).items()}
        case DeskAction.PASS_UP | DeskAction.REJECT:
            return _for_deciding(kind, records, decision)
        case DeskAction.ASK:
            found = verdicts_of(kind, records)
            return {
                record.pk: DeskFacts(
                    candidates={each.desk: each for each in candidates(record, decision.at)},
                    spoken=frozenset(each.party for each in found.get(record.pk, []) if each.word),
                )
                for record in records
            }
        case DeskAction.GIVE_VERDICT:
            found = verdicts_of(kind, records)
            return {pk: DeskFacts(said={each.party: each for each in rows}) for pk, rows in found.items()}
    return {}


def _opened(kind: str, records: Sequence[DeskRecord]) -> dict[int, bool]:
    rows = Paper.objects.filter(kind=kind, record__in=[record.pk for record in records], latest=True)
    return {record: opened is not None for record, opened in rows.values_list("record", "opened")}


def _for_deciding(kind: str, records: Sequence[DeskRecord], decision: Decision) -> dict[int, DeskFacts]:
    joint = [record for record in records if record.state in JOINT]
    listed = [record for record in records if is_on_docket(record)]
    standings = standings_of(kind, joint, decision.at) if joint else {}
    words = _words(kind, listed, decision) if listed else {}
    before = passed_before(kind, records, decision.by.user_id) if decision.action == DeskAction.PASS_UP else {}
    return {
        pk: DeskFacts(standing=standings.get(pk), word=words.get(pk), passed_before=before.get(pk, ""))
        for pk in (record.pk for record in records)
    }


def is_on_docket(record: DeskRecord) -> bool:
    """Tell whether the step it lies at is decided on a docket only."""
    if record.step is None or record.step >= len(record.route):
        return False
    return record.state == DeskState.AWAITING_MEETING or bool(record.present_step().get("listed"))


def purpose_of(record: DeskRecord) -> str:
    """Return what a docket is for that decides a record at its step, empty where none does."""
    if not is_on_docket(record):
        return ""
    return DocketPurpose.MEETING if record.state == DeskState.AWAITING_MEETING else DocketPurpose.LIST


def _words(kind: str, records: Sequence[DeskRecord], decision: Decision) -> dict[int, str]:
    """Return what the docket named in the decision says of each record: closed, of the same desk, fit for the step."""
    named = decision.details.get("docket") or 0
    items = DocketItem.objects.filter(docket=named, docket__state=DocketState.CLOSED, kind=kind)
    rows = items.filter(record__in=[record.pk for record in records])
    asked = {record.pk: (record.desk, purpose_of(record)) for record in records}
    found = rows.values_list("record", "word", "docket__desk", "docket__purpose")
    return {record: word for record, word, *of in found if asked[record] == tuple(of)}


def verdicts_of(kind: str, records: Collection[DeskRecord]) -> dict[int, list[Verdict]]:
    """Return the verdicts that count at the step where each record lies, in one query."""
    rows = Verdict.objects.filter(kind=kind, record__in=[record.pk for record in records], void=None)
    steps = {record.pk: record.step for record in records}
    found: dict[int, list[Verdict]] = {}
    for row in rows.order_by("party"):
        if row.step == steps[row.record]:
            found.setdefault(row.record, []).append(row)
    return found


def standings_of(kind: str, records: Sequence[DeskRecord], at: datetime) -> dict[int, Standing]:
    """Judge the joint acts of records at a moment, in one query; one more where working days count."""
    found, days = verdicts_of(kind, records), days_that_count(records)
    return {record.pk: standing_of(record, found.get(record.pk, []), at, days) for record in records}


def standing_of(record: DeskRecord, verdicts: Sequence[Verdict], at: datetime, days: Days) -> Standing:
    """Judge one joint act; a verdict on another text than the present one counts as silence."""
    digest = digest_of(record.subject())
    said = [
        Said(each.party, each.asked, each.word, each.points) if each.digest == digest else Said(each.party, each.asked)
        for each in verdicts
    ]
    return judge(record.present_step()["verdicts"], said, at, days.get(record.season_id))


def silence_of(record: DeskRecord) -> Span | None:
    """Return for how long those asked at a joint act may be silent, None where silence means nothing."""
    silence = record.present_step()["verdicts"]["silence"]
    return lasts(silence) if silence else None


def days_that_count(records: Collection[DeskRecord]) -> Days:
    """Return the days set in the seasons of joint acts whose silence is one of working days."""
    silences = {(record.season_id, silence_of(record)) for record in records}
    return exceptions_in({season for season, silence in silences if silence and silence.is_of_working_days})


def candidates(record: DeskRecord, at: datetime) -> list[Candidate]:
    """Return who may be asked at the step where a record lies: its fixed parties, and those of bodies of many."""
    if record.state not in JOINT:
        return []
    asked = record.present_step()["verdicts"]
    bodies = [tuple(pair) for pair in asked["among"]]
    fixed = [party for party in asked["parties"] if party.partition("@")[0] not in {body for body, _ in bodies}]
    chosen = [each for body, scope in bodies for each in _of_body(record, body, Ref.parse(scope), at)]
    return [*(Candidate(party, "", is_fixed=True) for party in fixed), *chosen]


def _of_body(record: DeskRecord, body: str, scope: Ref, at: datetime) -> list[Candidate]:
    posts = valid_posts(at).filter(role=body).select_related("user__person__unit", "organization", "region")
    if body == EXPERT:
        found = [_expert(record, post) for post in posts.filter(region=scope.key).order_by("user__person__name", "pk")]
    else:
        within = posts.filter(organization__region__path__contains=f"/{scope.key}/").order_by("organization__name")
        found = [_member(record, post) for post in within]
    return list({each.desk: each for each in found if each is not None}.values())


def _expert(record: DeskRecord, post: Post) -> Candidate | None:
    person = post.user.person
    if person is None:
        return None
    conflict = "本人" if person.pk in record.persons_concerned() else ""
    if person.unit_id in record.organizations_concerned():
        conflict = f"同在{person.unit}"
    return Candidate(desk(EXPERT, Ref("person", str(person.pk))), person.name, str(person.unit or ""), conflict)


def _member(record: DeskRecord, post: Post) -> Candidate | None:
    assert post.organization is not None
    conflict = "是派出单位或服务单位" if post.organization_id in record.organizations_concerned() else ""
    return Candidate(post.desk, post.organization.name, "", conflict)
