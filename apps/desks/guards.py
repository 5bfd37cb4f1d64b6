"""What stops an act on the walk, whatever the process."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from apps.core.days import written_day, written_moment
from apps.core.kinds import Decision, Guard
from apps.core.log import digest_of
from apps.core.refusals import Refusal
from apps.desks.facts import DeskFacts, is_on_docket
from apps.desks.joint import in_words, parties_in_words, speaking
from apps.desks.models import DeskRecord
from apps.desks.selectors import Urging
from apps.desks.states import JOINT, DeskAction, DeskState, Word

NOTE_LENGTH = 100
WHY_AGAIN = "why_again"
"""Under what the log keeps why somebody passes up what he has passed at an earlier step."""
CONTRARY = "word_and_points"
"""The code of the refusal of a word that says the contrary of its points, which may be confirmed."""


def has_reason(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to give back or turn down without saying why."""
    if decision.opinion.strip():
        return None
    return Refusal("no_reason", "没有填写意见。", "退回、不同意须写明理由，申请人将看到您的意见。")


def has_ground(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to turn down without a ground."""
    return None if decision.ground else Refusal("no_ground", "没有选择不同意的依据。", "请选择依据后再提交。")


def is_written(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to agree without a word where the policy wants it in writing."""
    asked = record.step is not None and record.present_step().get("written")
    if not asked or decision.opinion.strip():
        return None
    return Refusal("no_opinion", "本环节须书面同意，没有填写意见。", "请写明意见后再同意。")


def tells_why_again(record: DeskRecord, facts: DeskFacts | None, decision: Decision) -> Refusal | None:
    """Refuse to pass up what one has passed at an earlier step, for oneself or another, without saying why.

    What a docket decides is not one person's own.
    """
    before = facts.passed_before if facts else ""
    if not before or decision.details.get("docket") or decision.details.get(WHY_AGAIN):
        return None
    return Refusal(
        "passed_before",
        f"本件在“{before}”环节已由您办理，原则上应由另一人办理。",
        "确需由您办理的，请打开此件，写明理由。",
    )


def notice_is_over(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to leave the public notice before its last day is over."""
    if record.state != DeskState.ON_NOTICE:
        return None
    if record.notice_until is None:
        return Refusal("not_announced", "尚未列入公示名单。", "请先由该环节办理人员发布公示。")
    if timezone.localdate(decision.at) <= record.notice_until:
        return Refusal(
            "notice_running", f"公示期至{written_day(record.notice_until)}，尚未结束。", "期满后系统自动转办。"
        )
    return None


def clock_finds_a_consent(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse the clock to agree for a desk that has not agreed before: only people decide."""
    if not decision.by.is_clock or record.state == DeskState.ON_NOTICE:
        return None
    if facts is not None and facts.has_agreed_before:
        return None
    return Refusal("not_agreed", "该环节尚未表态。", "由该环节的经办人员办理。")


def not_announced_yet(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to put on a second list what is on one already."""
    if record.notice_until is None:
        return None
    return Refusal("announced", f"已列入公示名单，公示期至{written_day(record.notice_until)}。", "无需再次公示。")


def not_opened_yet(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to take back what the next desk has opened, or what stands on a public list."""
    if record.notice_until is not None:
        return Refusal("announced", "已列入公示名单，不能撤回意见。", "如有异议，请在公示期内提出。")
    if facts is not None and facts.opened:
        return Refusal("opened", "下一环节已打开此件，不能撤回意见。", "请与下一环节联系，由其退回。")
    return None


def goes_to_an_earlier_step(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to give back to a step that is not before this one."""
    to, end = decision.details.get("to"), record.step or 0
    if to is None or (type(to) is int and 0 <= to < end):
        return None
    return Refusal("no_such_step", "只能退回到本环节之前的环节。", "请重新选择退回到哪里。")


def goes_to_a_step(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to take up again at a step that is not on the way to the one that refused."""
    to, end = decision.details.get("to"), record.step or 0
    if type(to) is int and 0 <= to <= end:
        return None
    return Refusal("no_such_step", "只能从已经办理过的环节重新办理。", "请选择从哪一环节重新办理。")


def verdicts_meet_the_rule(record: DeskRecord, facts: DeskFacts, decision: Decision) -> Refusal | None:
    """Refuse to pass a joint act whose verdicts do not meet its rule, and say whose are wanting."""
    if record.state not in JOINT or facts.standing is None or facts.standing.is_met:
        return None
    standing, asked = facts.standing, record.present_step()["verdicts"]
    does = speaking(asked)
    if standing.short_of:
        wanted = parties_in_words(asked, standing.short_of)
        return Refusal("too_few_asked", f"还须另请{wanted}{does}。", f"请先选定人选并送请{does}。")
    if standing.is_failed:
        return Refusal("verdicts_fail", f"{does}结果未达到通过的要求。", f"请按{does}结果办理退回修改或不同意。")
    silent = parties_in_words(asked, len(standing.silent))
    return Refusal("verdicts_wanting", f"还有{silent}没有{does}。", "可以催办，或等待期满。")


def stands_on_a_docket(record: DeskRecord, facts: DeskFacts, decision: Decision) -> Refusal | None:
    """Refuse to decide singly what a meeting decides, or what goes on a list under seal."""
    if not is_on_docket(record) or facts.word == Word.AGREE:
        return None
    if record.state == DeskState.AWAITING_MEETING:
        return Refusal("no_minutes", "本环节由会议研究决定。", "请列入会议议题，会后录入纪要一并办理。")
    return Refusal("no_list", "本环节由单位按盖章名单统一办理。", "请列入名单，上传盖章扫描件后一并办理。")


def refused_by_the_meeting(record: DeskRecord, facts: DeskFacts, decision: Decision) -> Refusal | None:
    """Refuse to turn down singly what a meeting decides."""
    if record.state != DeskState.AWAITING_MEETING or (facts is not None and facts.word == Word.REFUSE):
        return None
    return Refusal("no_minutes", "本环节由会议研究决定。", "请列入会议议题，会后录入纪要一并办理。")


def asks_the_right_ones(record: DeskRecord, facts: DeskFacts, decision: Decision) -> Refusal | None:
    """Refuse to ask too few, strangers, or those in conflict; who has spoken stays asked, and whom the policy names."""
    wanted = set(decision.details["parties"])
    conflicts = [
        facts.candidates[party] for party in wanted & set(facts.candidates) if facts.candidates[party].conflict
    ]
    if wanted - set(facts.candidates):
        return Refusal("stranger_asked", "所选的表态方不在可选范围内。", "请从列表中重新选择。")
    if conflicts:
        named = "、".join(f"{each.name}（{each.conflict}）" for each in conflicts)
        return Refusal("conflict_of_interest", f"须回避：{named}。", "请另选人选。")
    if facts.spoken - wanted:
        return Refusal("spoken_already", "已表态的不能撤换。", "请保留已表态的各方。")
    if {party for party, each in facts.candidates.items() if each.is_fixed} - wanted:
        return Refusal("left_out", "政策规定的表态方不能省去。", "请保留政策规定的各方。")
    asked = record.present_step()["verdicts"]
    least = int(asked["at_least"])
    short = len(wanted) < least
    return Refusal("too_few_asked", f"至少须选{parties_in_words(asked, least)}。", "请补选。") if short else None


def speaks_on_this_text(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse a word on a text that was changed since it was read."""
    if decision.details.get("digest") == digest_of(record.subject()):
        return None
    return Refusal("text_changed", "材料在您阅读之后已有修改，本次表态未记录。", "请重新打开，阅读后再表态。")


def speaks_for_himself(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse a word for a party at whose desk the actor does not sit."""
    party = str(decision.details.get("party", ""))
    if party in record.parties() and decision.by.sits_at(party, decision.at):
        return None
    return Refusal("not_asked", "没有请您就此件表态，或表态已经结束。", "请返回待办查看。")


def speaks_fully(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse an empty word, a refusal without reasons, and a sheet with a line missing or out of bounds."""
    word, sheet = decision.details.get("word"), decision.details.get("sheet") or {}
    if word not in Word.values:
        return Refusal("no_word", "没有选择表态结果。", "请选择后再提交。")
    if word != Word.AGREE and not decision.opinion.strip():
        return Refusal("no_reason", "没有填写意见。", "不同意、回避须写明理由。")
    lines = record.present_step()["verdicts"]["sheet"]
    if not sheet.keys() <= {line["id"] for line in lines}:
        return Refusal("bad_points", "评分表中没有所填的项目。", "请重新打开后填写。")
    for line in lines if word != Word.RECUSE else []:
        points = sheet.get(line["id"])
        if not isinstance(points, int) or not 0 <= points <= line["most"]:
            return Refusal("bad_points", f"“{line['label']}”应为0至{line['most']}的整数。", "请更正后再提交。")
    return None


def replaces_the_word_seen(record: DeskRecord, facts: DeskFacts | None, decision: Decision) -> Refusal | None:
    """Refuse to overwrite a word that the party has given since the form was opened, and say which; the same may be."""
    said = decision.details
    before = facts.said.get(str(said.get("party", ""))) if facts else None
    if before is None or before.given is None or before.mark == said.get("replaces", ""):
        return None
    if (before.word, before.sheet, before.opinion) == (said["word"], said["sheet"], decision.opinion):
        return None
    words = f"{in_words(before.word, before.points)}{f'，“{before.opinion}”' if before.opinion else ''}"
    return Refusal(
        "said_meanwhile",
        f"打开本页之后，{before.given_by}已于{written_moment(before.given)}表态：{words}。本次填写的没有记录。",
        "请与下面填写的核对；确需更改的，请再次提交。",
    )


def means_what_its_points_say(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse, until it is confirmed, a word that says the contrary of its points under the least mean of the step."""
    said, asked = decision.details, record.present_step()["verdicts"]
    if not asked["sheet"] or said["word"] == Word.RECUSE or said.get("is_confirmed"):
        return None
    total, least = sum(said["sheet"].values()), asked["least"]
    if (total >= least) == (said["word"] == Word.AGREE):
        return None
    stands = "达到" if total >= least else "低于"
    return Refusal(
        CONTRARY,
        f"合计{total}分，{stands}通过所需的{least}分，表态却是“{Word(said['word']).label}”。本次填写的没有记录。",
        "请核对；确认无误的，请勾选“评分与表态均无误”后再提交。",
    )


def may_be_urged(urging: Urging, note: str) -> Refusal | None:
    """Refuse to urge where nothing waits, whoever has no part in it, too often, too soon, or at length."""
    if urging.limit is None:
        return Refusal("nothing_waits", "此件目前不需要催办。", "请重新打开查看最新情况。")
    if not urging.is_yours:
        return Refusal("not_yours", "您不能催办此件。", "由发起人、此前环节的经办人员或协调办公室催办。")
    if not urging.left:
        return Refusal("urged_enough", f"此件已催办{urging.limit.at_most}次，不能再催。", "请直接与该环节联系。")
    if urging.from_day is not None:
        return Refusal("urged_lately", f"近日已催办，{written_day(urging.from_day)}起可再次催办。", "请稍后再试。")
    if len(note) > NOTE_LENGTH:
        return Refusal("note_too_long", f"留言不能超过{NOTE_LENGTH}字。", "请精简后再提交。")
    return None


GUARDS: Mapping[str, Sequence[Guard]] = {
    DeskAction.PASS_UP: [
        clock_finds_a_consent,
        notice_is_over,
        verdicts_meet_the_rule,
        stands_on_a_docket,
        is_written,
        tells_why_again,
    ],
    DeskAction.SEND_BACK: [has_reason, goes_to_an_earlier_step],
    DeskAction.REJECT: [has_reason, has_ground, refused_by_the_meeting],
    DeskAction.REOPEN: [has_reason, goes_to_a_step],
    DeskAction.ASK: [asks_the_right_ones],
    DeskAction.GIVE_VERDICT: [
        speaks_for_himself,
        speaks_on_this_text,
        speaks_fully,
        replaces_the_word_seen,
        means_what_its_points_say,
    ],
    DeskAction.ANNOUNCE: [not_announced_yet],
    DeskAction.RECALL: [not_opened_yet],
}
