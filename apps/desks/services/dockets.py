"""Dockets: drawn up over papers on one desk, written up, closed, and then the records are decided by them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import door, files
from apps.core.actors import Actor
from apps.core.kinds import Outcome
from apps.core.refusals import Refusal, Refused
from apps.core.uploads import Accepted
from apps.desks import walks
from apps.desks.models import Docket, DocketItem, Paper
from apps.desks.services.acts import decide_many
from apps.desks.states import DeskAction, DeskState, DocketPurpose, DocketState, Word
from apps.desks.walks import Ground

_TAKEN = Refusal("on_another", "所选事项中有的已列入其他议题或名单。", "请刷新后重新选择。")

_TOO_EARLY = "会议日期晚于今天。"
_REMEDIES = {_TOO_EARLY: "请核对日期；会议召开后再定稿。"}


@transaction.atomic
def draw_up(*, papers: Sequence[Paper], purpose: str, title: str, by: Actor, at: datetime) -> Docket:
    """Draw up a docket over papers of one kind on one desk of the actor's, in their order.

    Raises Refused for papers of several kinds or desks, for another's desk, and for what stands on a docket already.
    """
    if len({(paper.kind, paper.desk, paper.season_id) for paper in papers}) != 1:
        raise Refused(Refusal("not_together", "所选事项不在同一环节，不能一并办理。", "请分开选择。"))
    first = papers[0]
    if not by.sits_at(first.desk, at):
        raise Refused(Refusal("not_yours", "您当前的任职不能办理此环节。", "请由该环节的经办人员办理。"))
    docket = Docket(
        season_id=first.season_id, kind=first.kind, purpose=purpose, desk=first.desk, title=title[:100], created=at
    )
    (created,) = door.create([docket], by=by, at=at)
    put_on(docket=created, papers=papers, by=by, at=at)
    return created


@transaction.atomic
def put_on(*, docket: Docket, papers: Sequence[Paper], by: Actor, at: datetime) -> None:
    """Put more papers of the same desk on a docket that is still being drawn up; one of another desk holds them not."""
    mine = _open(docket, by, at)
    if any((paper.kind, paper.desk, paper.season_id) != (mine.kind, mine.desk, mine.season_id) for paper in papers):
        raise Refused(Refusal("not_together", "所选事项不在同一环节，不能一并办理。", "请分开选择。"))
    number, records = mine.items.count(), [paper.record for paper in papers]
    elsewhere = DocketItem.objects.filter(kind=mine.kind, record__in=records, is_open=True)
    elsewhere.exclude(docket__desk=mine.desk).update(is_open=False)
    word = Word.AGREE if mine.purpose == DocketPurpose.LIST else ""
    try:
        with transaction.atomic():
            items = [
                DocketItem(docket=mine, number=number + place, kind=mine.kind, record=paper.record, word=word)
                for place, paper in enumerate(papers, 1)
            ]
            DocketItem.objects.bulk_create(sorted(items, key=attrgetter("record")))
    except IntegrityError as error:
        raise Refused(_TAKEN) from error


@transaction.atomic
def take_off(*, docket: Docket, records: Collection[int], by: Actor, at: datetime) -> None:
    """Take records off a docket; they stay on the desk."""
    _open(docket, by, at).items.filter(record__in=records).delete()


@transaction.atomic
def write_up(
    *,
    docket: Docket,
    title: str,
    held: date | None,
    place: str,
    present: str,
    minutes: str,
    by: Actor,
    at: datetime,
    scan: Accepted | None = None,
) -> Docket:
    """Keep what is written of a docket so far, and its stamped scan where one is handed in."""
    mine = _open(docket, by, at)
    mine.title, mine.held, mine.place, mine.present, mine.minutes = title, held, place, present, minutes
    if scan is not None:
        mine.scan = files.keep(scan)
    mine.save(update_fields=["title", "held", "place", "present", "minutes", "scan"])
    return mine


@transaction.atomic
def note_decision(*, docket: Docket, said: Mapping[int, Mapping[str, str]], by: Actor, at: datetime) -> None:
    """Note what was decided on records of a docket: {record: {word, ground, note}}; an empty word puts it off."""
    items = list(_open(docket, by, at).items.filter(record__in=said))
    for item in items:
        word = said[item.record].get("word", "")
        item.word = word if word in (Word.AGREE, Word.REFUSE) else ""
        item.ground = said[item.record].get("ground", "")[:80]
        item.note = said[item.record].get("note", "")[:500]
    DocketItem.objects.bulk_update(items, ["word", "ground", "note"])


@transaction.atomic
def close_docket(*, docket: Docket, by: Actor, at: datetime, token: str = "") -> list[Outcome]:
    """Close a docket, then pass up what was agreed to and turn down what was refused, all or nothing.

    Raises Refused for what the docket lacks, and when a record on it was decided or changed meanwhile.
    """
    mine = _open(docket, by, at)
    items = list(mine.items.all())
    missing = _missing(mine, items, at)
    if missing:
        raise Refused(*missing)
    closed = door.advance_one(mine, "close", token_key=token, by=by, at=at)
    outcomes = [
        outcome
        for word, action in ((Word.AGREE, DeskAction.PASS_UP), (Word.REFUSE, DeskAction.REJECT))
        for outcome in _decide(closed, [item for item in items if item.word == word], action, by, at)
    ]
    refused = [refusal for outcome in outcomes for refusal in outcome.refusals]
    if refused:
        raise Refused(*dict.fromkeys(refused))
    mine.items.update(is_open=False)
    _put_off(mine, [item.record for item in items if not item.word], at)
    return outcomes


def _put_off(docket: Docket, records: Sequence[int], at: datetime) -> None:
    """Note on the papers that a meeting left undecided that nothing need wait for them."""
    left = Paper.objects.filter(kind=docket.kind, record__in=records, latest=True, desk=docket.desk)
    left.filter(state=DeskState.AWAITING_MEETING).update(put_off=at)


def discard_docket(*, docket: Docket, by: Actor, at: datetime, token: str = "") -> Docket:
    """Give a docket up; its records stay on the desk."""
    with transaction.atomic():
        given_up = door.advance_one(docket, "discard", token_key=token, by=by, at=at)
        given_up.items.update(is_open=False)
    return given_up


def _open(docket: Docket, by: Actor, at: datetime) -> Docket:
    """Return a docket, locked, for its desk; raise Refused once it is closed."""
    mine = Docket.objects.select_for_update().get(pk=docket.pk)
    if mine.state != DocketState.DRAFT or not by.sits_at(mine.desk, at):
        raise Refused(Refusal("docket_closed", "此议题或名单已定稿，不能再修改。", "请查看办理结果。"))
    mine.version = docket.version
    return mine


def lacking(*, docket: Docket, at: datetime) -> list[Refusal]:
    """Return what a docket lacks to be closed, before anybody is asked whether he means it."""
    return _missing(docket, list(docket.items.all()), at)


def _missing(docket: Docket, items: Sequence[DocketItem], at: datetime) -> list[Refusal]:
    """Return what a docket lacks before it can be closed."""
    is_meeting = docket.purpose == DocketPurpose.MEETING
    lacks = {
        "没有列入任何事项。": not items,
        "没有填写会议日期。": is_meeting and docket.held is None,
        _TOO_EARLY: docket.held is not None and docket.held > timezone.localdate(at),
        "没有填写参加人员。": is_meeting and not docket.present.strip(),
        "没有填写会议纪要。": is_meeting and not docket.minutes.strip(),
        "没有上传盖章扫描件。": not is_meeting and not docket.scan,
        "有不同意的事项没有选择依据或说明。": any(
            item.word == Word.REFUSE and not (item.ground and item.note.strip()) for item in items
        ),
        "没有一项作出决定。": bool(items) and not any(item.word for item in items),
    }
    return [
        Refusal("docket_lacks", reason, _REMEDIES.get(reason, "请补全后再定稿。")) for reason, so in lacks.items() if so
    ]


def _decide(docket: Docket, items: Sequence[DocketItem], action: DeskAction, by: Actor, at: datetime) -> list[Outcome]:
    """Carry out what was decided, each set of records with the same words together."""
    walk = walks.named(docket.kind)
    assert walk is not None
    rows = walk.model._default_manager.in_bulk([item.record for item in items])
    sets: dict[tuple[str, str], list[int]] = {}
    for item in items:
        sets.setdefault((item.ground, item.note), []).append(item.record)
    return [
        outcome
        for (ground, note), records in sets.items()
        for start in range(0, len(records), door.BATCH_LIMIT)
        for outcome in decide_many(
            model=walk.model,
            seen={pk: rows[pk].version for pk in records[start : start + door.BATCH_LIMIT]},
            action=action,
            by=by,
            at=at,
            opinion=note or _opinion(docket),
            ground=_ground(walk.grounds(rows[records[0]]), ground),
            docket=docket.pk,
        )
    ]


def _opinion(docket: Docket) -> str:
    return f"按《{docket.title}》办理。"


def _ground(offered: Sequence[Ground], key: str) -> Ground | None:
    return next((ground for ground in offered if ground.key == key), None)
