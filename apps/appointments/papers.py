"""What goes with every act on agreements: words kept or voided, papers on the desks whose turn it is, news.

An agreement walks over no route: all its parties may sign at once, and a change of its text takes it back to the desk
that draws it up. Its papers are therefore papers beside (`latest` is False), as those of a joint act are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from apps.appointments.models import Agreement, Signatory, Signature
from apps.appointments.selectors import AGREEMENT, LINES, Line, awaited, lines_of
from apps.appointments.states import AgreementAction, AgreementState, SignatureWord
from apps.core import outbox, sets
from apps.core.kinds import Decision, Outcome
from apps.desks.models import Paper

MOVED = "agreement.moved"
SIGNED = "agreement.signed"
_SPOKEN = {AgreementAction.SIGN: SignatureWord.SIGNED, AgreementAction.REFUSE: SignatureWord.REFUSED}
_VOIDING = (AgreementAction.REVISE, AgreementAction.VOID, AgreementAction.SUPERSEDE)
_CHANGED = {
    AgreementAction.REVISE: "agreement_changed",
    AgreementAction.VOID: "agreement_void",
    AgreementAction.SUPERSEDE: "agreement_superseded",
    AgreementAction.REFUSE: "agreement_refused",
}


def follow(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Write what an act means for the parties, whose papers lie where, and who is told."""
    records = [outcome.record for outcome in outcomes]
    if decision.action == AgreementAction.FILE_COPY:
        return
    if decision.action == AgreementAction.CREATE:
        sets.insert([each for record in records for each in _signatories(record)])
    elif decision.action == AgreementAction.NAME_PARTY:
        for outcome in outcomes:
            _name(outcome, decision)
    elif decision.action in _VOIDING:
        standing = Signature.objects.filter(signatory__agreement__in=records, void=None)
        standing.update(void=decision.at)
    elif decision.action in _SPOKEN:
        for outcome in outcomes:
            _keep(outcome, decision)
    laid = _lay(outcomes, decision)
    outbox.emit([*_news(outcomes, laid, decision), *_signed(records)], at=decision.at)


def _signatories(agreement: Agreement) -> Iterator[Signatory]:
    for number, party in enumerate(agreement.content["parties"], 1):
        yield Signatory(agreement=agreement, number=number, **party)


def _name(outcome: Outcome, decision: Decision) -> None:
    """Give the row of a party that was named its desk."""
    said = decision.details
    row = Signatory.objects.filter(agreement=outcome.pk, party=said["party"])
    row.update(desk=said["desk"], name=said["name"])


def _keep(outcome: Outcome, decision: Decision) -> None:
    """Keep a party's word; a refusal that it said before counts no longer."""
    said, post = decision.details, outcome.post
    signatory = Signatory.objects.get(agreement=outcome.pk, desk=said["party"])
    Signature.objects.filter(signatory=signatory, void=None).update(void=decision.at)
    Signature.objects.create(
        signatory=signatory,
        word=_SPOKEN[AgreementAction(decision.action)],
        digest=said["digest"],
        at=decision.at,
        by=decision.by.name,
        post=post.title if post else "",
        acting_for=post.acting_for if post else "",
        opinion=decision.opinion,
        scan=said.get("scan") or {},
    )


def _lay(outcomes: Sequence[Outcome], decision: Decision) -> list[Paper]:
    """Close the papers of desks that have nothing to do any more, lay those of desks that now have; return these.

    Where the state has changed, all are laid anew.
    """
    records = [outcome.record for outcome in outcomes]
    wanted = _wanted(records)
    moved = {outcome.pk for outcome in outcomes if outcome.from_state != outcome.record.state}
    open_now = list(Paper.objects.filter(kind=AGREEMENT, record__in=wanted, done=None))
    over = [paper for paper in open_now if paper.record in moved or paper.desk not in wanted[paper.record]]
    _close(over, decision)
    there = {(paper.record, paper.desk) for paper in open_now} - {(paper.record, paper.desk) for paper in over}
    laid = [
        _paper(record, desk, party, decision)
        for record in records
        for desk, party in wanted[record.pk].items()
        if (record.pk, desk) not in there
    ]
    sets.insert(laid)
    return laid


def _wanted(records: Sequence[Agreement]) -> dict[int, dict[str, str]]:
    """Return for each agreement the desks that have something to do now, with the party that each is."""
    read = Agreement.objects.prefetch_related(LINES).in_bulk([record.pk for record in records])
    return {record.pk: _whose_turn(record, lines_of(read[record.pk])) for record in records}


def _whose_turn(agreement: Agreement, lines: Sequence[Line]) -> dict[str, str]:
    turns = {line.signatory.desk: line.signatory.party for line in awaited(agreement, lines) if not line.is_refused}
    is_stuck = agreement.state == AgreementState.SIGNING and any(line.is_refused for line in lines)
    if is_stuck or agreement.state == AgreementState.DRAFTED:
        turns.setdefault(agreement.desk, agreement.drawn_up_by()["party"])
    return turns


def _close(papers: Iterable[Paper], decision: Decision) -> None:
    """Close papers: as done by who acts where they lay at his desk, as overtaken elsewhere."""
    groups: dict[int | None, list[int]] = defaultdict(list)
    for paper in papers:
        groups[decision.by.user_id if decision.by.sits_at(paper.desk, decision.at) else None].append(paper.pk)
    for done_by, keys in groups.items():
        done: dict[str, Any] = {"done": decision.at, "done_by": done_by, "action": decision.action}
        Paper.objects.filter(pk__in=keys).update(**done)


def _paper(agreement: Agreement, desk: str, party: str, decision: Decision) -> Paper:
    return Paper(
        kind=AGREEMENT,
        record=agreement.pk,
        season_id=agreement.season_id,
        county_id=agreement.county_id,
        person_id=agreement.person_id,
        starter=agreement.desk,
        state=agreement.state,
        office=party,
        desk=desk,
        title=agreement.called(),
        arrived=decision.at,
        latest=False,
    )


def _news(outcomes: Sequence[Outcome], laid: Sequence[Paper], decision: Decision) -> list[outbox.Wish]:
    """Wish to tell each desk once, whatever the number of agreements: what came to it, what changed in its hands.

    Who acts knows already.
    """
    told: dict[tuple[str, str], list[Agreement]] = defaultdict(list)
    records = {outcome.pk: outcome.record for outcome in outcomes}
    if decision.action != AgreementAction.REFUSE:
        for paper in laid:
            told[paper.desk, _arrived(records[paper.record])].append(records[paper.record])
    for outcome in outcomes:
        for desk in _concerned(outcome, decision):
            told[desk, _CHANGED[AgreementAction(decision.action)]].append(outcome.record)
    news = [
        _one_news(desk, template, given)
        for (desk, template), given in told.items()
        if not decision.by.sits_at(desk, decision.at)
    ]
    payload = {"told": news, "by": decision.by.name, "opinion": decision.opinion}
    return [outbox.Wish(MOVED, news[0]["key"], payload)] if news else []


def _arrived(agreement: Agreement) -> str:
    if agreement.state != AgreementState.DRAFTED:
        return "agreement_to_sign"
    return "agreement_drafted" if all(each["desk"] for each in agreement.content["parties"]) else "agreement_lacks"


def _concerned(outcome: Outcome, decision: Decision) -> Sequence[str]:
    """Return the desks to which an act on what was sent out is news: of a refusal, to the one that draws it up."""
    if decision.action == AgreementAction.REFUSE:
        return [outcome.record.desk]
    is_known = decision.action in _VOIDING and outcome.from_state in (AgreementState.SIGNING, AgreementState.SIGNED)
    return outcome.record.parties() if is_known else []


def _one_news(desk: str, template: str, given: Sequence[Agreement]) -> dict[str, Any]:
    first = given[0]
    return {
        "desk": desk,
        "template": template,
        "records": [each.pk for each in given],
        "title": first.called(),
        "key": f"{AGREEMENT}:{first.pk}:{first.version}:{template}:{desk}",
    }


def _signed(records: Sequence[Agreement]) -> list[outbox.Wish]:
    signed = [record.pk for record in records if record.state == AgreementState.SIGNED]
    return [outbox.Wish(SIGNED, f"{SIGNED}:{pk}", {"agreement": pk}) for pk in signed]
