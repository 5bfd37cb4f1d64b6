"""What goes with a joint act: verdicts asked for and given, papers on the desks asked, records lent to be read."""

from collections.abc import Collection, Sequence

from django.utils import timezone

from apps.core import log
from apps.core.kinds import Decision, Outcome
from apps.desks.facts import Days, days_that_count, silence_of, verdicts_of
from apps.desks.models import DeskRecord, Paper, Verdict
from apps.desks.states import JOINT, DeskAction, Word
from apps.directory import grants
from apps.policies.calendar import last_day

_GOING_BACK = (DeskAction.SEND_BACK, DeskAction.REOPEN, DeskAction.SUBMIT, DeskAction.RECALL)


def follow(kind: str, outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Write what an act means for those asked; records whose routes ask nobody cost nothing."""
    if decision.action == DeskAction.GIVE_VERDICT:
        for outcome in outcomes:
            _keep(kind, outcome.record, decision)
        return
    joint = [outcome for outcome in outcomes if any(step["verdicts"] for step in outcome.record.route)]
    if decision.action != DeskAction.ASK:
        _leave(kind, [outcome.record for outcome in joint if outcome.from_state in JOINT], decision)
    if decision.action in _GOING_BACK:
        _void(kind, [outcome.record for outcome in joint], decision)
    _ask(kind, [outcome.record for outcome in joint if outcome.record.state in JOINT], decision)


def _leave(kind: str, records: Sequence[DeskRecord], decision: Decision) -> None:
    """Take back what was lent, and clear the desks asked."""
    if records:
        _clear(kind, [record.pk for record in records], decision)
        grants.take_back(records)


def _clear(kind: str, records: Sequence[int], decision: Decision, desks: Collection[str] | None = None) -> None:
    """Take the papers of those asked, or of some of them, off their desks."""
    waiting = Paper.objects.filter(kind=kind, record__in=records, latest=False, done=None)
    if desks is not None:
        waiting = waiting.filter(desk__in=desks)
    waiting.update(done=decision.at, action=decision.action, done_by=None)


def _void(kind: str, records: Sequence[DeskRecord], decision: Decision) -> None:
    """Let verdicts count no longer: those at and after the step gone back to, and all on a text that has changed.

    Whoever recalls his own agreement unsays nobody else's word: only those still silent are asked anew.
    """
    for record in records:
        counting = Verdict.objects.filter(kind=kind, record=record.pk, void=None)
        if decision.action == DeskAction.SUBMIT:
            counting.exclude(digest=log.digest_of(record.subject())).update(void=decision.at)
        elif record.step is not None:
            undone = counting.filter(step__gte=record.step)
            (undone.filter(word="") if decision.action == DeskAction.RECALL else undone).update(void=decision.at)


def _ask(kind: str, records: Sequence[DeskRecord], decision: Decision) -> None:
    """Ask the parties not yet asked at this step, lay a paper on the desk of each, and lend them the record."""
    if not records:
        return
    spoken, days = verdicts_of(kind, records), days_that_count(records)
    known = {record.pk: {each.party: each.word for each in spoken.get(record.pk, [])} for record in records}
    for record in records:
        _drop(kind, record, [party for party in known[record.pk] if party not in record.parties()], decision)
    asked = [(record, party) for record in records for party in record.parties() if party not in known[record.pk]]
    Verdict.objects.bulk_create(
        Verdict(kind=kind, record=record.pk, step=record.step or 0, party=party, asked=decision.at)
        for record, party in asked
    )
    papers = Paper.objects.filter(kind=kind, record__in=known)
    titles = dict(papers.order_by("pk").values_list("record", "title"))
    there = set(papers.filter(latest=False, done=None).values_list("record", "desk"))
    silent = [(record, party) for record in records for party in record.parties() if not known[record.pk].get(party)]
    Paper.objects.bulk_create(
        _paper(kind, record, party, titles[record.pk], decision, days)
        for record, party in silent
        if (record.pk, party) not in there
    )
    grants.lend({record: record.parties() for record in records})


def _drop(kind: str, record: DeskRecord, parties: Sequence[str], decision: Decision) -> None:
    """Ask parties no longer."""
    if parties:
        asked = Verdict.objects.filter(kind=kind, record=record.pk, step=record.step or 0, party__in=parties, void=None)
        asked.update(void=decision.at)
        _clear(kind, [record.pk], decision, parties)
        grants.take_back([record], parties)


def _paper(kind: str, record: DeskRecord, party: str, title: str, decision: Decision, days: Days) -> Paper:
    silence, today = silence_of(record), timezone.localdate(decision.at)
    return Paper(
        kind=kind,
        record=record.pk,
        season_id=record.season_id,
        county_id=record.county_id,
        person_id=record.person_id,
        starter=record.starter,
        state=record.state,
        office=record.present_step()["office"],
        desk=party,
        title=title,
        arrived=decision.at,
        due=last_day(today, silence, days.get(record.season_id)) if silence else None,
        latest=False,
    )


def _keep(kind: str, record: DeskRecord, decision: Decision) -> None:
    """Keep a party's word, over the one it gave before on this step, and clear its desk."""
    said = decision.details
    Verdict.objects.filter(kind=kind, record=record.pk, step=record.step or 0, party=said["party"], void=None).update(
        word=said["word"],
        sheet=said["sheet"],
        points=sum(said["sheet"].values()) if said["sheet"] and said["word"] != Word.RECUSE else None,
        opinion=decision.opinion,
        digest=said["digest"],
        given=decision.at,
        given_by=decision.by.name,
    )
    papers = Paper.objects.filter(kind=kind, record=record.pk, desk=said["party"], latest=False, done=None)
    papers.update(done=decision.at, done_by=decision.by.user_id, action=decision.action)


def to_tell(kind: str, record: DeskRecord, decision: Decision) -> list[str]:
    """Return whom an act of asking or speaking is news to: those newly asked; the office, once nobody is silent."""
    verdicts = Verdict.objects.filter(kind=kind, record=record.pk, step=record.step or 0, void=None)
    if decision.action == DeskAction.ASK:
        return list(verdicts.filter(asked=decision.at).order_by("party").values_list("party", flat=True))
    return [] if verdicts.filter(word="").exists() else [record.desk]
