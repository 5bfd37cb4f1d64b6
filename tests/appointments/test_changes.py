"""How something of an appointment changes within its term: reported to all at once, resolved by one, brought about."""

from datetime import timedelta

import pytest

from apps.appointments import selectors, services
from apps.appointments.models import Agreement, Appointment, Change
from apps.appointments.registration import WALK
from apps.appointments.selectors import CHANGE
from apps.appointments.selectors.changes import newcomers
from apps.appointments.states import AgreementState, AppointmentState
from apps.core import audit, door
from apps.core.actors import CLOCK
from apps.core.log import digest_of
from apps.core.refusals import Refused
from apps.desks import services as desks
from apps.desks.models import Paper, Verdict
from apps.desks.states import DeskState, Word
from apps.directory.models import Region
from apps.directory.states import Role
from apps.matching.models import Service
from apps.notices.models import Message
from apps.writing import services as writing
from tests.appointments.conftest import told
from tests.factories import City, actor, give_post, make_issued_notice, make_officer, make_unit, run_effects
from tests.factories.agreements import make_agreement, signing_at
from tests.factories.changes import (
    PLAN,
    again,
    begin_change,
    make_change,
    place,
    resolve,
    said_of_change,
    say,
    write_change,
)
from tests.factories.city import QIXIAN
from tests.factories.jiaozuo import Jiaozuo, build_jiaozuo
from tests.refusals import code_in
from workflows import steps

EVERYBODY = ("person", "host", "unit", "county", "city")


@pytest.fixture
def signed(city: City) -> Agreement:
    return make_agreement(city, AgreementState.SIGNED)


def appointment_of(city: City) -> Appointment:
    return Appointment.objects.select_related("season", "county", "host").get(person=city.applicant.person)


def lying(change: Change) -> set[str]:
    """Return on whose desks papers lie that wait for something."""
    papers = Paper.objects.filter(kind=CHANGE, record=change.pk, done=None)
    return {paper.desk.partition("@")[0] + paper.desk.partition(":")[2] for paper in papers}


def test_it_is_reported_to_unit_county_and_city_at_once_and_the_city_resolves_whatever_they_say(
    city: City, signed: Agreement
):
    change = make_change(city)
    assert (change.state, change.number) == (DeskState.AWAITING_RESOLUTION, f"TZ{city.season.pk:04d}{change.pk:08d}")
    assert lying(change) == {
        f"sci_tech_authority{city.region.pk}", f"dispatching_unit{city.unit.pk}", f"sci_tech_authority{city.county.pk}",
        f"sci_tech_authority{QIXIAN}", f"host{again(change).to_host_id}",
    }  # fmt: skip
    for party in ("unit", "county", "city"):
        assert "石测试的聘任调整（太谷区）" in told(city, party)
    say(city, change, "unit", Word.REFUSE, "教学任务重。")
    assert resolve(city, change).state == DeskState.PASSED
    now = appointment_of(city)
    assert (now.state, now.county_id, now.host.name, now.plan) == (
        AppointmentState.ACTIVE,
        QIXIAN,
        "祁县测试合作社",
        PLAN,
    )
    assert lying(change) == set()


def test_the_agreement_gives_way_to_one_with_the_new_parties_and_the_new_task(city: City, signed: Agreement):
    resolve(city, make_change(city))
    old, new = Agreement.objects.order_by("pk")
    assert (old.state, new.state, new.replaces_id) == (AgreementState.VOID, AgreementState.DRAFTED, old.pk)
    assert [party["name"] for party in new.content["parties"]] == [
        "晋中市科技行政主管部门", "石测试", "祁县测试合作社", "晋中测试大学", "祁县科技行政主管部门",
    ]  # fmt: skip
    assert PLAN in new.content["body"]
    assert selectors.predecessor(new).opinion.startswith("按TZ")
    assert not any(line.is_signed for line in selectors.lines_of(old))
    assert audit.verify().faults == ()


def test_the_directory_and_those_concerned_learn_of_it_and_done_again_nothing_more_happens(
    city: City, signed: Agreement
):
    change = resolve(city, make_change(city))
    service = Service.objects.get(person=city.applicant.person)
    assert (service.county_id, service.host.name) == (QIXIAN, "祁县测试合作社")
    told_of_it = Message.objects.filter(text__contains=f"按{change.number}号调整变更", user__in=[
        city.officers["unit"], city.officers["county"], city.officers["host"], city.stranger,
    ])  # fmt: skip
    assert told_of_it.count() == 4
    version = appointment_of(city).version
    assert services.carry_out(changes=[change.pk], at=signing_at(city)) == []
    run_effects(signing_at(city) + timedelta(hours=1))
    assert (appointment_of(city).version, Agreement.objects.count()) == (version, 2)


def test_a_person_who_is_to_be_replaced_leaves_on_the_day_and_his_agreement_ends(city: City, signed: Agreement):
    resolve(city, make_change(city, "person"))
    now = appointment_of(city)
    assert (now.state, now.term_to) == (AppointmentState.LEFT, signing_at(city).date())
    assert [agreement.state for agreement in Agreement.objects.all()] == [AgreementState.VOID]
    assert selectors.starts_of(now, city.by("person"), signing_at(city)) == []
    with pytest.raises(Refused) as refused:
        services.draw_up_anew(agreement=Agreement.objects.get(), by=city.by("city"), at=signing_at(city))
    assert code_in(refused) == "term_over"


def test_what_is_turned_down_given_back_or_withdrawn_changes_nothing(city: City, signed: Agreement):
    change = make_change(city)
    by, at = city.by("city"), signing_at(city)
    desks.send_back(record=again(change), by=by, at=at, opinion="请写明期限。", fields=["change.plan"])
    write_change(city, again(change), plan="改后的任务。")
    writing.submit(record=again(change), by=city.by("person"), at=at)
    assert again(change).state == DeskState.AWAITING_RESOLUTION
    ground = next(each for each in WALK.grounds(again(change)) if each.key == "not_needed")
    desks.reject(record=again(change), by=by, at=at, opinion="维持原安排。", ground=ground)
    other = make_change(city)
    desks.withdraw(record=again(other), by=city.by("person"), at=at)
    run_effects(at)
    now = appointment_of(city)
    assert [again(each).state for each in (change, other)] == [DeskState.REJECTED, DeskState.WITHDRAWN]
    assert (now.county, now.host, Agreement.objects.get().state) == (city.county, city.host, AgreementState.SIGNED)


@pytest.mark.parametrize(
    ("sorts", "said", "key"),
    [
        (["none"], {}, "change.area"),
        (["person", "task"], {}, "change.person"),
        (["area"], {"county": ""}, "change.county"),
        (["area"], {"host": ""}, "change.host"),
        (["area"], {"county": "140703"}, "change.host"),
        (["task"], {"plan": " "}, "change.plan"),
        (["task"], {"plan": "每月到园两次，指导整形修剪。"}, "change.plan"),
        ([], {"reason": " "}, "change.reason"),
        ([], {"area": "maybe"}, "change.area"),
    ],
)
def test_what_is_lacking_is_told_and_not_handed_in(
    city: City, signed: Agreement, sorts: list[str], said: dict[str, str], key: str
):
    change = write_change(city, begin_change(city), *sorts, **said)
    assert [problem.key for problem in selectors.case_of_change(change, signing_at(city)).problems] == [key]
    with pytest.raises(Refused) as refused:
        writing.submit(record=change, by=city.by("person"), at=signing_at(city))
    assert code_in(refused) == "incomplete"


def test_the_written_material_is_wanted_and_the_same_county_and_host_are_no_change(city: City, signed: Agreement):
    change = begin_change(city)
    typed, at = said_of_change("area", county="140703", host=str(city.host.pk), plan=""), signing_at(city)
    writing.save(record=change, typed=typed, by=city.by("person"), at=at)
    problems = selectors.case_of_change(again(change), at).problems
    assert [problem.key for problem in problems] == ["change.county", "material"]


def test_only_the_person_begins_it_where_the_policy_says_so_once_and_within_the_term(city: City, signed: Agreement):
    now, at = appointment_of(city), signing_at(city)
    may = {name: bool(selectors.starts_of(now, city.by(name), at)) for name in EVERYBODY}
    assert may == {**dict.fromkeys(EVERYBODY, False), "person": True}
    assert begin_change(city) == begin_change(city)
    assert selectors.starts_of(now, city.by("person"), at + timedelta(days=365)) == []
    with pytest.raises(Refused):
        services.begin_change(appointment=now, key="in_the_year", by=city.by("county"), at=at)


def test_nobody_resolves_or_judges_his_own_case(city: City, signed: Agreement):
    change = make_change(city)
    give_post(city.applicant, Role.SCI_TECH_AUTHORITY, city.region)
    with pytest.raises(Refused) as refused:
        desks.pass_up(record=again(change), by=city.by("person"), at=signing_at(city))
    assert code_in(refused) == "not_yours"
    assert again(change).state == DeskState.AWAITING_RESOLUTION


def test_while_it_is_corrected_others_read_what_was_handed_in_and_then_what_has_changed(city: City, signed: Agreement):
    change, at = make_change(city), signing_at(city)
    desks.send_back(record=again(change), by=city.by("city"), at=at, opinion="请写明期限。", fields=["change.plan"])
    write_change(city, again(change), plan="未写完", county="140703")
    read = WALK.panel_facts(again(change), city.by("city"), at)
    assert [(line.label, line.new) for line in read["altered"]] == [
        ("服务县（市、区）", "祁县"), ("服务单位", "祁县测试合作社"), ("任务", PLAN),
    ]  # fmt: skip
    write_change(city, again(change), plan="每季度到社三次。")
    writing.submit(record=again(change), by=city.by("person"), at=at)
    read = WALK.panel_facts(again(change), city.by("city"), at)
    assert [(each.label, each.old, each.new) for each in read["changes"]] == [("新任务目标", PLAN, "每季度到社三次。")]


def test_what_is_given_back_and_left_lying_ends_and_another_may_be_begun(city: City, signed: Agreement):
    change, at = make_change(city), signing_at(city)
    desks.send_back(record=again(change), by=city.by("city"), at=at, opinion="请写明期限。")
    assert [steps.lapse_returned(at + timedelta(days=days)) for days in (1, 100, 101)] == [0, 1, 0]
    assert again(change).state == DeskState.LAPSED
    assert begin_change(city) != change


def test_only_who_resolves_it_is_reminded_of_what_lies_too_long(city: City, signed: Agreement):
    make_change(city)
    steps.remind_of_overdue(signing_at(city) + timedelta(days=8))
    reminded = Message.objects.filter(text__contains="已满7天").values_list("user", flat=True)
    assert list(reminded) == [city.officers["city"].pk]


def test_a_term_that_has_ended_meanwhile_is_not_changed(city: City, signed: Agreement):
    change, late = make_change(city), signing_at(city) + timedelta(days=365)
    with pytest.raises(Refused) as refused:
        desks.pass_up(record=again(change), by=city.by("city"), at=late)
    assert code_in(refused) == "not_in_service"


def test_the_county_and_the_host_to_which_it_leads_are_told_at_once_and_heard(city: City, signed: Agreement):
    county = make_officer(Role.SCI_TECH_AUTHORITY, Region.objects.get(pk=QIXIAN))
    change = make_change(city)
    for user in (county, city.stranger):
        (news,) = Message.objects.filter(user=user)
        assert "石测试的聘任调整（太谷区）" in news.text
    now = again(change)
    for user in (county, city.stranger):
        (post,) = actor(user).posts
        said = {"party": post.desk, "word": Word.REFUSE, "opinion": "本县没有此项需求。"}
        digest = digest_of(now.subject())
        desks.give_verdict(record=now, **said, digest=digest, by=actor(user), at=signing_at(city))
    spoken = Verdict.objects.filter(record=change.pk).exclude(word="").values_list("party", flat=True)
    assert set(spoken) == set(newcomers(now))


def test_a_change_of_the_task_alone_asks_nobody_new(city: City, signed: Agreement):
    change = make_change(city, "task")
    assert again(change).parties() == [
        f"dispatching_unit@organization:{city.unit.pk}", f"sci_tech_authority@region:{city.county.pk}",
    ]  # fmt: skip


def test_who_is_concerned_sees_it_and_a_draft_is_its_writer_s_alone(city: City, signed: Agreement):
    at = signing_at(city)
    officers = {name: city.by(name) for name in EVERYBODY} | {"stranger": actor(city.stranger)}
    officers["new_county"] = actor(make_officer(Role.SCI_TECH_AUTHORITY, place()))
    officers["elsewhere"] = actor(make_officer(Role.DISPATCHING_UNIT, make_unit(place())))
    draft = write_change(city, begin_change(city))

    def seen() -> set[str]:
        return {who for who, by in officers.items() if selectors.changes_visible_to(by, at).filter(pk=draft.pk)}

    assert seen() == {"person"}
    writing.submit(record=draft, by=city.by("person"), at=at)
    assert seen() == {*EVERYBODY, "stranger", "new_county"}


def test_a_policy_without_such_a_change_offers_none(scene):
    make_issued_notice(scene)
    now = Appointment.objects.get()
    assert selectors.starts_of(now, actor(now.person.user), scene.at + timedelta(days=30)) == []


class TestJiaozuo:
    """A policy by which county and host may ask for it too, and the person is heard first."""

    def test_the_host_asks_the_person_is_willing_unit_and_county_are_heard_and_the_city_resolves(self, db: None):
        jiaozuo = build_jiaozuo()
        county = make_officer(Role.SCI_TECH_AUTHORITY, jiaozuo.county)
        now, at = appointed(jiaozuo), jiaozuo.at
        may = {who: [start.desk for start in selectors.starts_of(now, actor(user), at)] for who, user in {
            "person": jiaozuo.applicant, "county": county, "host": jiaozuo.officers["host"],
            "unit": jiaozuo.officers["unit"], "city": jiaozuo.officers["city"],
        }.items()}  # fmt: skip
        assert {who: len(desks) for who, desks in may.items()} == {
            "person": 1, "county": 1, "host": 1, "unit": 0, "city": 0,
        }  # fmt: skip
        host = jiaozuo.by("host")
        change = services.begin_change(appointment=now, key="yearly", by=host, at=at)
        asked = selectors.adjustment_of(change).changes
        typed = {f"change.{sort}": "yes" if sort == "task" else "no" for sort in asked}
        typed |= {"change.plan": "改做储藏。", "change.reason": "需求有变。"}
        writing.save(record=change, typed=typed, by=host, at=at)
        writing.submit(record=again(change), by=host, at=at)
        assert again(change).desk == now.person_desk()
        desks.pass_up(record=again(change), by=actor(jiaozuo.applicant), at=at, opinion="愿意。")
        assert again(change).parties() == [
            f"dispatching_unit@organization:{jiaozuo.unit.pk}", f"sci_tech_authority@region:{jiaozuo.county.pk}",
        ]  # fmt: skip
        desks.pass_up(record=again(change), by=jiaozuo.by("city"), at=at)
        run_effects(at)
        assert Appointment.objects.get().plan == "改做储藏。"


def appointed(jiaozuo: Jiaozuo) -> Appointment:
    """Plant an appointment in force of the applicant, who serves the host."""
    application = jiaozuo.drafted(jiaozuo.applicant)
    term = {"term_from": jiaozuo.at.date(), "term_to": jiaozuo.at.date() + timedelta(days=200)}
    places = {"unit": jiaozuo.unit, "county": jiaozuo.county, "host": jiaozuo.host}
    made = Appointment(
        season=jiaozuo.season, person=application.person, application=application, state="active", **term, **places
    )
    (planted,) = door.create([made], by=CLOCK, at=jiaozuo.at)
    return planted
