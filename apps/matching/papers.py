"""What goes with every act on needs, pool entries, pairings and moves: papers on the desks asked, words kept, news.

None of them walks over a route of its own, so that their papers are papers beside (`latest` is False), as those of a
joint act are.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from apps.core import kinds, outbox, sets
from apps.core.kinds import Decision, Outcome
from apps.desks.models import Paper, Verdict
from apps.desks.states import Word
from apps.matching.models import Adjustment, Consent, Pairing
from apps.matching.selectors.adjustments import ADJUSTMENT, parties_asked
from apps.matching.selectors.pairings import PAIRING
from apps.matching.states import AdjustmentAction, AdjustmentState, ConsentWord, PairingAction, PairingState

TOLD, AGREED, RECKON = "matching.told", "pairing.agreed", "allocation.reckon"
ARRIVED, MOVED = "matching_arrived", "matching_moved"
_QUIET = ("create", "use")
_SPOKEN = {PairingAction.AGREE: Word.AGREE, PairingAction.DECLINE: Word.REFUSE}
_CONSENTED = {AdjustmentAction.AGREE: ConsentWord.YES, AdjustmentAction.DECLINE: ConsentWord.NO}


def follow(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Clear desks that have nothing to do any more, lay papers on those that have, and wish for all to be told."""
    kind, records = kinds.of(type(outcomes[0].record)).name, [outcome.record for outcome in outcomes]
    outbox.emit(_news(kind, records, _lay(kind, records, decision), decision), at=decision.at)


def follow_pairings(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Keep what the sides say, then do as with all others; wish for what an agreement brings about."""
    for outcome in outcomes:
        _keep(outcome, decision)
    follow(outcomes, decision)
    agreed = [outcome.pk for outcome in outcomes if decision.action == PairingAction.AGREE]
    outbox.emit([outbox.Wish(AGREED, str(pk), {"pairing": pk}) for pk in agreed], at=decision.at)


def follow_adjustments(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Keep who is asked and what is answered, clear and fill desks; reckon a run anew once where moves begin or end.

    Who asked and who is to be moved are told what comes of it, not of each word.
    """
    records = [outcome.record for outcome in outcomes]
    _keep_consents(records, decision)
    laid = _lay(ADJUSTMENT, records, decision)
    settled = [outcome for outcome in outcomes if outcome.record.state != outcome.from_state]
    outbox.emit(_news(ADJUSTMENT, [outcome.record for outcome in settled], laid, decision), at=decision.at)
    changed = [each.record for each in settled if AdjustmentState.HOLDS in (each.from_state, each.record.state)]
    by_run = {each.run_id: _key(each) for each in changed}
    outbox.emit([outbox.Wish(RECKON, key, {"run": run}) for run, key in by_run.items()], at=decision.at)


def _keep_consents(adjustments: Sequence[Adjustment], decision: Decision) -> None:
    if decision.action == AdjustmentAction.CREATE:
        prefetch_related_objects(adjustments, "to__counties")
        asked = [(each, party, desks) for each in adjustments for party, desks in parties_asked(each).items()]
        sets.insert([Consent(adjustment=each, party=party, desks=desks) for each, party, desks in asked])
        prefetch_related_objects(adjustments, "consents")
    elif decision.action in _CONSENTED:
        place, word = decision.details["desk"], _CONSENTED[AdjustmentAction(decision.action)]
        consents = [next(one for one in each.unanswered() if place in one.desks) for each in adjustments]
        for consent in consents:
            consent.word, consent.opinion, consent.by, consent.at = (
                word,
                decision.opinion,
                decision.by.name,
                decision.at,
            )
        sets.update(consents, ["word", "opinion", "by", "at"])


def _key(adjustment: Adjustment) -> str:
    return f"{ADJUSTMENT}:{adjustment.pk}:{adjustment.version}"


def _keep(outcome: Outcome, decision: Decision) -> None:
    """Keep the word of the side that speaks: the proposal is the first; what ended counts no longer."""
    pairing: Pairing = outcome.record
    if decision.action == PairingAction.CREATE:
        proposer = pairing.person_desk() if pairing.by_person else pairing.desk
        asked = {"kind": PAIRING, "record": pairing.pk, "step": 0, "asked": decision.at}
        Verdict.objects.create(party=proposer, **asked, **_word(Word.AGREE, pairing, decision))
        Verdict.objects.create(party=pairing.awaited_desk(), **asked)
    standing = Verdict.objects.filter(kind=PAIRING, record=pairing.pk, void=None)
    if decision.action in _SPOKEN:
        said = _word(_SPOKEN[PairingAction(decision.action)], pairing, decision)
        standing.filter(party=pairing.awaited_desk()).update(**said)
    elif pairing.state in (PairingState.WITHDRAWN, PairingState.LAPSED):
        standing.update(void=decision.at)


def _word(word: str, pairing: Pairing, decision: Decision) -> dict[str, Any]:
    return {
        "word": word,
        "opinion": decision.opinion,
        "digest": pairing.digest(),
        "given": decision.at,
        "given_by": decision.by.name,
    }


def _lay(kind: str, records: Sequence[Any], decision: Decision) -> list[Paper]:
    """Close the papers of desks with nothing to do, and return those newly laid."""
    waiting = Paper.objects.filter(kind=kind, record__in=[record.pk for record in records], done=None)
    there = {(record, desk): pk for pk, record, desk in waiting.values_list("pk", "record", "desk")}
    wanted = {(record.pk, desk): record for record in records for desk in record.awaited_desks()}
    cleared: dict[int | None, list[int]] = defaultdict(list)
    for (_, desk), pk in ((place, there[place]) for place in there if place not in wanted):
        cleared[decision.by.user_id if decision.by.sits_at(desk, decision.at) else None].append(pk)
    for user, keys in cleared.items():
        sets.change(Paper, "id", keys, {"done": decision.at, "done_by": user, "action": decision.action})
    laid = [_paper(kind, record, desk, decision) for (pk, desk), record in wanted.items() if (pk, desk) not in there]
    sets.insert(laid)
    return laid


def _paper(kind: str, record: Any, desk: str, decision: Decision) -> Paper:
    return Paper(
        kind=kind,
        record=record.pk,
        season_id=record.season_id,
        county_id=getattr(record, "county_id", None),
        person_id=getattr(record, "person_id", None),
        starter=record.followers()[0],
        state=record.state,
        desk=desk,
        title=record.called(),
        arrived=decision.at,
        latest=False,
    )


def _news(kind: str, records: Sequence[Any], laid: Sequence[Paper], decision: Decision) -> list[outbox.Wish]:
    """Wish to tell those to whom something came, and those who follow how it fares; who acts knows already."""
    arrived = {(paper.record, paper.desk) for paper in laid}
    told = [
        (each, desk, ARRIVED if (each.pk, desk) in arrived else MOVED)
        for each in records
        for desk in dict.fromkeys([*each.awaited_desks(), *each.followers()])
        if (each.pk, desk) in arrived or (decision.action not in _QUIET and desk in each.followers())
    ]
    news = [_one_news(kind, *one) for one in told if not decision.by.sits_at(one[1], decision.at)]
    act = {"by": decision.by.name, "action": decision.action, "opinion": decision.opinion}
    return [outbox.Wish(TOLD, news[0]["key"], {"kind": kind, "told": news, **act})] if news else []


def _one_news(kind: str, record: Any, desk: str, template: str) -> dict[str, Any]:
    return {
        "desk": desk,
        "template": template,
        "record": record.pk,
        "title": record.called(),
        "state": record.state,
        "key": f"{kind}:{record.pk}:{record.version}:{desk}",
    }
