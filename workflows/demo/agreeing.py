"""How offices of the demonstration come to their decisions: alone, with those they ask, in a meeting, on a list."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from apps.applications.models import Application
from apps.core.actors import Actor
from apps.core.log import digest_of
from apps.desks import services as desks
from apps.desks.facts import candidates, is_on_docket, standings_of
from apps.desks.models import Docket, Paper
from apps.desks.services import decide_many
from apps.desks.states import JOINT, DeskAction, DeskState, DocketPurpose, Word
from workflows.demo.play import KIND, Play
from workflows.demo.samples import picture

OPINION = "情况属实，同意。"
REFUSED, WEAK = 0.04, 0.05
"""How many of a hundred cases a meeting turns down, and how many those asked find too weak."""


def agree(play: Play, officer: Actor, records: Sequence[Application]) -> None:
    """Agree to records of one desk in the manner that the step of each asks for."""
    alone: dict[int, int] = {}
    together: dict[bool, list[Application]] = defaultdict(list)
    for record in records:
        if record.state in JOINT:
            _hear(play, officer, record)
        elif is_on_docket(record):
            together[record.state == DeskState.AWAITING_MEETING].append(record)
        else:
            alone[record.pk] = record.version
            play.diary.note(record, record.present_step()["label"], "同意")
    for is_meeting, chosen in together.items():
        _sit(play, officer, chosen, DocketPurpose.MEETING if is_meeting else DocketPurpose.LIST)
    decide_many(model=Application, seen=alone, action=DeskAction.PASS_UP, by=officer, at=play.at, opinion=OPINION)


def refuse(play: Play, officer: Actor, record: Application) -> None:
    """Turn a record down on the first ground there is."""
    ground = play.walk.grounds(record)[0]
    desks.reject(record=record, by=officer, at=play.at, opinion=f"{ground.label}。", ground=ground)
    play.diary.note(record, record.present_step()["label"], "不同意")


def _hear(play: Play, officer: Actor, record: Application) -> None:
    """Ask as many as must be asked, let each speak, then agree, or turn down what they find too weak."""
    asked = record.present_step()["verdicts"]
    free = [each.desk for each in candidates(record, play.at) if not each.conflict]
    if asked["among"]:
        parties = sorted(play.chance.sample(free, min(len(free), max(asked["at_least"], 1))))
        desks.ask(model=Application, seen={record.pk: record.version}, parties=parties, by=officer, at=play.at)
        record = Application.objects.get(pk=record.pk)
    is_weak = play.chance.random() < WEAK
    for party in record.parties():
        speaker = play.holder_of(party)
        record = desks.give_verdict(
            record=record, party=party, **_word(play, record, asked, is_weak), by=speaker, at=play.at
        )
    (heard,) = loaded([record.pk])
    if standings_of(KIND, [heard], play.at)[heard.pk].is_met:
        desks.pass_up(record=heard, by=officer, at=play.at, opinion=OPINION)
        play.diary.note(heard, heard.present_step()["label"], "同意")
    else:
        refuse(play, officer, heard)


def _word(play: Play, record: Application, asked: Mapping[str, Any], is_weak: bool) -> dict[str, Any]:
    """Draw what one who is asked says: points where there is a sheet, or else a word."""
    share = (0.3, 0.5) if is_weak else (0.75, 0.95)
    sheet = {line["id"]: round(line["most"] * play.chance.uniform(*share)) for line in asked["sheet"]}
    word = Word.REFUSE if is_weak else Word.AGREE
    opinion = "条件尚不成熟。" if is_weak else "同意。"
    return {"word": word, "sheet": sheet, "digest": digest_of(record.subject()), "opinion": opinion}


def _sit(play: Play, officer: Actor, records: Sequence[Application], purpose: str) -> None:
    """Draw up a docket over all records, write it up, and decide by it."""
    papers = list(Paper.objects.filter(kind=KIND, record__in=[record.pk for record in records], latest=True))
    step = records[0].present_step()
    docket = desks.draw_up(
        papers=papers, purpose=purpose, title=f"{play.season.year}年度{step['called']}", by=officer, at=play.at
    )
    docket = desks.write_up(
        docket=docket,
        title=docket.title,
        held=play.today,
        place="示例会议室",
        present="示例主持人、示例成员",
        minutes="逐件研究，同意所列人选。",
        scan=picture(),
        by=officer,
        at=play.at,
    )
    said = {record.pk: _decision(play, record, purpose) for record in records}
    desks.note_decision(docket=docket, said=said, by=officer, at=play.at)
    desks.close_docket(docket=Docket.objects.get(pk=docket.pk), by=officer, at=play.at)
    for record in records:
        play.diary.note(record, step["label"], Word(said[record.pk]["word"]).label)


def _decision(play: Play, record: Application, purpose: str) -> dict[str, str]:
    """Draw what a meeting decides on a record; who stands on a list was agreed to before."""
    if purpose == DocketPurpose.LIST or play.chance.random() >= REFUSED:
        return {"word": Word.AGREE.value}
    ground = play.walk.grounds(record)[0]
    return {"word": Word.REFUSE.value, "ground": ground.key, "note": f"{ground.label}。"}


def loaded(records: Sequence[int]) -> list[Application]:
    """Read applications with what deciding on them asks for."""
    rows = Application.objects.filter(pk__in=records).select_related("season", "county__supervisor", "person")
    return list(rows.defer("season__source_text").order_by("pk"))
