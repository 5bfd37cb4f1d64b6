"""Joint acts as people do them: asking, speaking, changing one's word, edits that void, desks that end."""

from datetime import timedelta

import pytest

from apps.applications import selectors
from apps.applications import services as applications
from apps.core import audit
from apps.core.log import digest_of
from apps.core.models import LogEntry
from apps.core.refusals import Refused
from apps.desks import services as desks
from apps.desks.models import DocketItem, Paper, Verdict
from apps.desks.selectors import log_of, steps_shown
from apps.desks.states import DeskState, DocketPurpose, Word
from apps.writing import services as writing
from tests.factories import GROUND, actor, fresh, user_of
from tests.factories.applications import pass_up, submit
from tests.factories.every_act import (
    STEPS,
    ask,
    build_every_act,
    decide_on_docket,
    desk_of,
    docket_of,
    drive_to,
    mark_of,
    pack_of_every_act,
    speak,
    write_up,
)
from tests.refusals import code_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
POINTS = {"skill": 50, "plan": 30}


@pytest.fixture
def world():
    return build_every_act()


def desks_with(application) -> set[str]:
    return set(Paper.objects.filter(record=application.pk, done=None).values_list("desk", flat=True))


def test_a_record_walks_through_every_act_to_its_end(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.PASSED)
    assert application.state == DeskState.PASSED
    assert desks_with(application) == set()
    assert audit.verify().faults == ()


def test_those_asked_by_the_pack_have_a_paper_when_it_arrives(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_VERDICTS)
    county, city = desk_of(scene.officers.county), desk_of(scene.officers.city)
    assert sorted(Paper.objects.filter(record=application.pk, done=None).values_list("desk", "latest")) == [
        (city, False), (county, False), (county, True),
    ]  # fmt: skip


def test_an_expert_sees_the_file_until_his_desk_ends(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    at = scene.at + timedelta(days=2)
    expert = jury.experts[0]

    def sees() -> bool:
        return selectors.visible_to(actor(expert), at).filter(pk=application.pk).exists()

    before = sees()
    ask(application, actor(scene.officers.city), jury.experts[:2], at)
    during = sees()
    for user in jury.experts[:2]:
        speak(application, user, points=POINTS, at=at)
    pass_up(application, scene.officers.city, at)
    assert (before, during, sees()) == (False, True, False)


def test_an_expert_in_conflict_cannot_be_asked(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    outcome = ask(application, actor(scene.officers.city), [jury.experts[0], jury.colleague], scene.at + HOUR)
    assert [refusal.code for refusal in outcome.refusals] == ["conflict_of_interest"]


def test_a_stranger_cannot_be_asked_and_too_few_are_refused(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    city = actor(scene.officers.city)
    codes = [
        [refusal.code for refusal in ask(application, city, users, scene.at + HOUR).refusals]
        for users in ([scene.officers.county, jury.experts[0]], jury.experts[:1])
    ]
    assert codes == [["stranger_asked"], ["too_few_asked"]]


def test_whom_the_policy_names_cannot_be_left_out():
    verdicts = {**STEPS[1]["verdicts"], "of": ["county", "city", "experts"], "at_least": 1}
    steps = [STEPS[0], {**STEPS[1], "verdicts": verdicts}, *STEPS[2:]]
    scene, jury = build_every_act(files=pack_of_every_act(steps))
    application = drive_to(scene, jury, DeskState.AWAITING_VERDICTS)
    county, city, at = scene.officers.county, scene.officers.city, scene.at + HOUR
    outcome = ask(application, actor(county), [county, jury.experts[0]], at)
    assert [refusal.code for refusal in outcome.refusals] == ["left_out"]
    assert ask(application, actor(county), [county, city, jury.experts[0]], at).done


def test_who_has_spoken_stays_asked_and_another_may_be_changed(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    city, at = actor(scene.officers.city), scene.at + timedelta(days=2)
    ask(application, city, jury.experts[:2], at)
    speak(application, jury.experts[0], points=POINTS, at=at)
    dropped = ask(application, city, jury.experts[1:], at)
    changed = ask(application, city, [jury.experts[0], jury.experts[2]], at)
    assert ([each.code for each in dropped.refusals], changed.done) == (["spoken_already"], True)
    assert desks_with(application) == {desk_of(scene.officers.city), desk_of(jury.experts[2])}
    assert not selectors.visible_to(actor(jury.experts[1]), at).filter(pk=application.pk).exists()


def test_a_word_may_be_changed_as_long_as_the_step_lasts_and_the_log_keeps_both(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_VERDICTS)
    for word in (Word.REFUSE, Word.AGREE):
        speak(application, scene.officers.city, word, at=scene.at + HOUR)
    (kept,) = Verdict.objects.filter(record=application.pk, party=desk_of(scene.officers.city))
    logged = LogEntry.objects.filter(record=application.pk, action="give_verdict").order_by("n")
    assert (kept.word, [row.details["word"] for row in logged]) == (Word.AGREE, [Word.REFUSE, Word.AGREE])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"word": "perhaps"}, "no_word"),
        ({"word": Word.REFUSE, "opinion": " "}, "no_reason"),
        ({"points": {"skill": 50}}, "bad_points"),
        ({"points": {"skill": 61, "plan": 0}}, "bad_points"),
        ({"points": {"skill": -1, "plan": 0}}, "bad_points"),
        ({"points": {"skill": "50", "plan": 0}}, "bad_points"),
        ({"points": {**POINTS, "more": 500}}, "bad_points"),
        ({"digest": "0" * 64}, "text_changed"),
        ({"party": "expert@person:999999"}, "not_asked"),
    ],
)
def test_a_word_that_says_too_little_is_refused(world, given, code):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    at = scene.at + timedelta(days=2)
    ask(application, actor(scene.officers.city), jury.experts[:2], at)
    with pytest.raises(Refused) as refused:
        speak(application, jury.experts[0], at=at, **{"points": POINTS, **given})
    assert code_in(refused) == code


def test_a_word_given_in_another_window_is_not_overwritten_by_a_form_that_did_not_show_it(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    at, expert = scene.at + timedelta(days=2), jury.experts[0]
    ask(application, actor(scene.officers.city), jury.experts[:2], at)
    speak(application, expert, points={"skill": 10, "plan": 9}, word=Word.REFUSE, opinion="条件不足", at=at)
    seen = mark_of(fresh(application), "application", desk_of(expert))
    speak(application, expert, points=POINTS, replaces=seen, at=at + HOUR)
    for stale in ("none", seen):
        with pytest.raises(Refused) as refused:
            speak(application, expert, points={"skill": 60, "plan": 39}, replaces=stale, at=at + 2 * HOUR)
        assert code_in(refused) == "said_meanwhile"
        assert "表态：同意，80分，“意见”" in refused.value.refusals[0].reason
    assert Verdict.objects.get(record=application.pk, party=desk_of(expert), void=None).points == 80
    speak(application, expert, points=POINTS, replaces="none", at=at + 3 * HOUR)


@pytest.mark.parametrize(
    ("word", "skill", "told"),
    [
        (Word.AGREE, 9, "合计19分，低于通过所需的60分，表态却是“同意”"),
        (Word.REFUSE, 50, "合计60分，达到通过所需的60分，表态却是“不同意”"),
    ],
)
def test_a_word_against_its_points_is_taken_once_it_is_confirmed(world, word, skill, told):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    at, said = scene.at + timedelta(days=2), {"word": word, "points": {"skill": skill, "plan": 10}}
    ask(application, actor(scene.officers.city), jury.experts[:2], at)
    with pytest.raises(Refused) as refused:
        speak(application, jury.experts[0], **said, at=at)
    assert (code_in(refused), told in refused.value.refusals[0].reason) == ("word_and_points", True)
    speak(application, jury.experts[0], **said, is_confirmed=True, at=at)
    assert Verdict.objects.get(record=application.pk, party=desk_of(jury.experts[0])).word == word


def test_two_may_speak_on_the_same_page_they_both_opened(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    at = scene.at + timedelta(days=2)
    ask(application, actor(scene.officers.city), jury.experts[:2], at)
    seen = fresh(application)
    digest = digest_of(seen.subject())
    for user in jury.experts[:2]:
        desks.give_verdict(
            record=seen, party=desk_of(user), word=Word.AGREE, digest=digest, sheet=POINTS, by=actor(user), at=at
        )
    assert Verdict.objects.filter(record=application.pk, word=Word.AGREE, points=80).count() == 2


def corrected(scene, application, plan: str, at):
    by = actor(user_of(application))
    writing.save(record=fresh(application), typed={"application.plan": plan}, by=by, at=at)
    return submit(application, at)


@pytest.mark.parametrize(("plan", "counting"), [("", 2), ("全新的计划", 0)])
def test_verdicts_on_a_text_that_was_changed_count_no_longer(world, plan, counting):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    city, at = actor(scene.officers.city), scene.at + timedelta(days=2)
    ask(application, city, jury.experts[:2], at)
    for user in jury.experts[:2]:
        speak(application, user, points=POINTS, at=at)
    desks.send_back(record=fresh(application), by=city, at=at, opinion="请补充")
    typed = plan or fresh(application).content["application.plan"]
    again = corrected(scene, application, typed, at)
    assert again.state == DeskState.AWAITING_SCORES
    live = Verdict.objects.filter(record=application.pk, step=2, void=None).exclude(word="")
    assert live.count() == counting


def test_it_may_go_back_to_any_earlier_step_and_walks_on_from_there(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_FINALISATION)
    at = scene.at + timedelta(days=20)
    back = desks.send_back(record=application, by=scene.office, at=at, opinion="请重新研究", to=3)
    assert (back.state, back.desk, back.notice_until) == (
        DeskState.AWAITING_MEETING, desk_of(scene.officers.region), None,
    )  # fmt: skip
    again = fresh(application)
    assert again.step == 3
    decide_on_docket(again, scene.officers.region, DocketPurpose.MEETING, at)
    assert fresh(application).state == DeskState.AWAITING_OPINIONS
    assert not Verdict.objects.filter(record=application.pk, step=4, void=None).exclude(word="").exists()


def test_a_notice_that_lies_ahead_again_is_given_anew():
    scene, jury = build_every_act(files=pack_of_every_act(resubmission="starts_over"))
    application = drive_to(scene, jury, DeskState.AWAITING_FINALISATION)
    at = scene.at + timedelta(days=20)
    given_back = desks.send_back(record=application, by=scene.office, at=at, opinion="请补充")
    again = corrected(scene, application, "全新的计划", at)
    assert (given_back.notice_until is None, again.step, again.notice_until) == (False, 0, None)


@pytest.mark.parametrize("to", [6, 7, -1, "0", True])
def test_it_goes_back_to_no_step_that_is_not_before(world, to):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_FINALISATION)
    with pytest.raises(Refused) as refused:
        desks.send_back(record=application, by=scene.office, at=scene.at + timedelta(days=20), opinion="请", to=to)
    assert code_in(refused) == "no_such_step"


def test_what_was_turned_down_is_taken_up_again_by_who_decides_last(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    at = scene.at + timedelta(days=2)
    desks.reject(record=application, by=actor(scene.officers.city), at=at, opinion="不合适", ground=GROUND)
    reopened = desks.reopen(record=fresh(application), to=2, by=scene.office, at=at, opinion="申诉成立")
    assert (reopened.state, reopened.step) == (DeskState.AWAITING_SCORES, 2)
    assert audit.verify().faults == ()


def test_the_graph_of_what_was_taken_up_again_shows_who_agreed_before(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    at = scene.at + timedelta(days=2)
    desks.reject(record=application, by=actor(scene.officers.city), at=at, opinion="不合适", ground=GROUND)
    reopened = desks.reopen(record=fresh(application), to=1, by=scene.office, at=at, opinion="申诉成立")
    shown = steps_shown(reopened, log_of(reopened, "application"), None)
    assert [(step.status, step.entry and step.entry.action) for step in shown[:3]] == [
        ("done", "pass_up"), ("lit", None), ("todo", None),
    ]  # fmt: skip
    assert shown[0].entry.actor == scene.officers.unit.display_name


def test_it_is_not_taken_up_again_beside_a_new_one(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    at = scene.at + timedelta(days=2)
    desks.reject(record=application, by=actor(scene.officers.city), at=at, opinion="不合适", ground=GROUND)
    person = user_of(application)
    applications.start(season=scene.season, person=person.person, by=actor(person), at=at)
    with pytest.raises(Refused) as refused:
        desks.reopen(record=fresh(application), to=0, by=scene.office, at=at, opinion="申诉成立")
    assert code_in(refused) == "has_one"


class TestDockets:
    def test_a_record_stands_on_one_docket_at_a_time(self, world):
        scene, jury = world
        application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        at = scene.at + timedelta(days=2)
        docket = docket_of(application, scene.officers.region, DocketPurpose.MEETING, at)
        with pytest.raises(Refused) as refused:
            docket_of(application, scene.officers.region, DocketPurpose.MEETING, at)
        assert code_in(refused) == "on_another"
        desks.discard_docket(docket=docket, by=scene.office, at=at)
        docket_of(application, scene.officers.region, DocketPurpose.MEETING, at)

    @pytest.mark.parametrize(
        "lacking", [{"held": None}, {"present": " "}, {"minutes": ""}, {"held": "tomorrow"}, {"word": ""}]
    )
    def test_it_is_not_closed_while_something_is_missing(self, world, lacking):
        scene, jury = world
        application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        at = scene.at + timedelta(days=2)
        docket = docket_of(application, scene.officers.region, DocketPurpose.MEETING, at)
        word = lacking.get("word", Word.AGREE)
        changed = {name: value for name, value in lacking.items() if name != "word"}
        if changed.get("held") == "tomorrow":
            changed["held"] = (at + timedelta(days=1)).date()
        write_up(docket, scene.officers.region, at, **changed)
        desks.note_decision(docket=docket, said={application.pk: {"word": word}}, by=scene.office, at=at)
        with pytest.raises(Refused) as refused:
            desks.close_docket(docket=docket, by=scene.office, at=at)
        assert (code_in(refused), fresh(application).state) == ("docket_lacks", DeskState.AWAITING_MEETING)

    def test_what_it_refuses_is_turned_down_with_its_ground(self, world):
        scene, jury = world
        application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        at = scene.at + timedelta(days=2)
        decide_on_docket(
            application, scene.officers.region, DocketPurpose.MEETING, at, Word.REFUSE, ground="needs", note="不需要"
        )
        last = LogEntry.objects.filter(record=application.pk, kind="application").latest("n")
        assert (fresh(application).state, last.opinion, last.details["ground"]) == (
            DeskState.REJECTED, "不需要", "needs",
        )  # fmt: skip

    def test_what_is_put_off_stays_on_the_desk_and_is_free_again(self, world):
        scene, jury = world
        first = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        second = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        at = scene.at + timedelta(days=2)
        papers = list(Paper.objects.filter(record__in=[first.pk, second.pk], latest=True))
        docket = desks.draw_up(papers=papers, purpose="meeting", title="会", by=scene.office, at=at)
        write_up(docket, scene.officers.region, at)
        desks.note_decision(docket=docket, said={first.pk: {"word": Word.AGREE}}, by=scene.office, at=at)
        desks.close_docket(docket=docket, by=scene.office, at=at)
        assert [fresh(each).state for each in (first, second)] == [
            DeskState.AWAITING_OPINIONS, DeskState.AWAITING_MEETING,
        ]  # fmt: skip
        assert not DocketItem.objects.filter(is_open=True).exists()

    def test_what_is_put_off_keeps_its_city_waiting_no_longer_until_it_goes_on(self, world):
        scene, jury = world
        refused, left = (drive_to(scene, jury, DeskState.AWAITING_MEETING) for _ in range(2))
        at, busy = scene.at + timedelta(days=2), {scene.county.supervisor_id}
        papers = list(Paper.objects.filter(record__in=[refused.pk, left.pk], latest=True))
        docket = desks.draw_up(papers=papers, purpose="meeting", title="会", by=scene.office, at=at)
        write_up(docket, scene.officers.region, at)
        said = {"word": Word.REFUSE, "ground": "needs", "note": "不需要"}
        desks.note_decision(docket=docket, said={refused.pk: said}, by=scene.office, at=at)
        assert selectors.cities_with_open(scene.season.pk) == busy
        desks.close_docket(docket=docket, by=scene.office, at=at)
        assert selectors.cities_with_open(scene.season.pk) == set()
        decide_on_docket(fresh(left), scene.officers.region, DocketPurpose.MEETING, at)
        assert selectors.cities_with_open(scene.season.pk) == busy

    def test_another_desk_s_docket_does_not_hold_what_has_left_it(self, world):
        scene, jury = world
        application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        at = scene.at + timedelta(days=2)
        docket_of(application, scene.officers.region, DocketPurpose.MEETING, at)
        desks.send_back(record=fresh(application), by=scene.office, at=at, opinion="请重新推荐", to=0)
        decide_on_docket(fresh(application), scene.officers.unit, DocketPurpose.LIST, at)
        assert fresh(application).state == DeskState.AWAITING_VERDICTS

    def test_a_list_does_not_stand_for_a_meeting(self, world):
        scene, jury = world
        application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        with pytest.raises(Refused) as refused:
            decide_on_docket(application, scene.officers.region, DocketPurpose.LIST, scene.at + timedelta(days=2))
        assert (code_in(refused), fresh(application).state) == ("no_minutes", DeskState.AWAITING_MEETING)

    def test_a_list_needs_its_stamped_scan(self, world):
        scene, jury = world
        application = drive_to(scene, jury, DeskState.AWAITING_CONSENT)
        unit = scene.officers.unit
        docket = docket_of(application, unit, DocketPurpose.LIST, scene.at + HOUR)
        with pytest.raises(Refused) as refused:
            desks.close_docket(docket=docket, by=actor(unit), at=scene.at + HOUR)
        assert code_in(refused) == "docket_lacks"

    def test_another_desk_has_no_part_in_it(self, world):
        scene, jury = world
        application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        at = scene.at + timedelta(days=2)
        with pytest.raises(Refused) as refused:
            docket_of(application, scene.officers.county, DocketPurpose.MEETING, at)
        docket = docket_of(application, scene.officers.region, DocketPurpose.MEETING, at)
        with pytest.raises(Refused) as closing:
            desks.close_docket(docket=docket, by=actor(scene.officers.county), at=at)
        assert (code_in(refused), code_in(closing)) == ("not_yours", "docket_closed")

    def test_a_record_that_was_decided_meanwhile_stops_the_whole(self, world):
        scene, jury = world
        first = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        second = drive_to(scene, jury, DeskState.AWAITING_MEETING)
        at = scene.at + timedelta(days=2)
        papers = list(Paper.objects.filter(record__in=[first.pk, second.pk], latest=True))
        docket = desks.draw_up(papers=papers, purpose="meeting", title="会", by=scene.office, at=at)
        write_up(docket, scene.officers.region, at)
        said = {each.pk: {"word": Word.AGREE} for each in (first, second)}
        desks.note_decision(docket=docket, said=said, by=scene.office, at=at)
        desks.withdraw(record=fresh(second), by=actor(user_of(second)), at=at)
        with pytest.raises(Refused):
            desks.close_docket(docket=docket, by=scene.office, at=at)
        assert fresh(first).state == DeskState.AWAITING_MEETING
