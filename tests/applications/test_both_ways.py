"""The two ways of one policy, walked by services: the person applies himself, or the city starts it for him."""

from typing import Any

import pytest

from apps.applications import selectors, services
from apps.applications.models import Application
from apps.appointments import services as appointments
from apps.appointments.models import Appointment
from apps.core import audit, log
from apps.core.refs import Ref
from apps.core.refusals import Refused
from apps.desks import services as desks
from apps.desks import walks
from apps.desks.selectors import papers_of, papers_started_by
from apps.desks.states import DeskAction, DeskState
from apps.directory.states import Role
from apps.notices import services as notices
from apps.notices.models import Document, Message, Notice
from apps.notices.states import DocumentKind
from apps.writing import services as writing
from tests.factories import City, actor, build_city, fresh, give_post, make_applicant, make_officer, run_effects

NOT_YOURS = "您当前的任职不能对此申请办理"
FROM_BELOW = ["host", "unit", "county", "city"]
FROM_POOL = ["person", "host", "unit", "county", "county", "city"]


@pytest.fixture
def city(db: None) -> City:
    return build_city()


def agree(city: City, application: Application, *names: str) -> Application:
    for name in names:
        application = desks.pass_up(record=fresh(application), by=city.by(name), at=city.at, opinion="同意")
    return application


def refused(words: str) -> Any:
    return pytest.raises(Refused, match=words)


def grounds_of(application: Application) -> dict[str, object]:
    walk = walks.named(selectors.KIND)
    assert walk is not None
    return {ground.key: ground for ground in walk.grounds(fresh(application))}


class TestFromBelow:
    def test_host_unit_county_and_city_agree_in_this_order(self, city: City):
        handed_in = city.submit(city.from_below())
        assert [step["office"] for step in handed_in.route] == FROM_BELOW
        passed = agree(city, handed_in, *FROM_BELOW)
        assert passed.state == DeskState.PASSED
        assert audit.verify().faults == ()

    def test_the_host_that_is_asked_agrees_and_no_other(self, city: City):
        handed_in = city.submit(city.from_below())
        assert handed_in.desk == f"host@organization:{city.host.pk}"
        for other in (city.stranger, city.officers["unit"], city.officers["county"], city.applicant):
            with refused(NOT_YOURS):
                desks.pass_up(record=fresh(handed_in), by=actor(other), at=city.at)
        assert agree(city, handed_in, "host").state == DeskState.AWAITING_CONSENT

    def test_a_host_sees_what_concerns_it_alone(self, city: City):
        handed_in = city.submit(city.from_below())
        seen = {
            name: list(selectors.visible_to(viewer, city.at))
            for name, viewer in {"host": city.by("host"), "stranger": actor(city.stranger)}.items()
        }
        assert seen == {"host": [handed_in], "stranger": []}

    def test_a_host_of_another_county_is_not_served(self, city: City):
        other = city.stranger.posts.get().organization
        with refused("服务单位应在服务县（区、市）内") as caught:
            city.submit(city.from_below(application__host=str(other.pk)))
        assert caught.value.refusals[0].basis.ref == "第三条（二）"

    def test_whose_unit_is_his_own_case_does_not_agree_to_it(self, city: City):
        handed_in = agree(city, city.submit(city.from_below()), "host")
        give_post(city.applicant, Role.DISPATCHING_UNIT, city.unit)
        with refused(NOT_YOURS):
            desks.pass_up(record=fresh(handed_in), by=city.by("person"), at=city.at)


class TestFromThePool:
    def test_person_host_unit_and_county_agree_before_the_county_reviews_and_the_city_decides(self, city: City):
        handed_in = city.submit(city.from_pool())
        assert [step["office"] for step in handed_in.route] == FROM_POOL
        assert agree(city, handed_in, *FROM_POOL).state == DeskState.PASSED
        entries = log.entries_of(Ref(selectors.KIND, str(handed_in.pk)))
        acts = [(entry.action, entry.actor) for entry in entries.order_by("n")]
        names = [city.by(name).name for name in FROM_POOL]
        assert acts[2:] == [(DeskAction.PASS_UP, name) for name in names]
        assert audit.verify().faults == ()

    @pytest.mark.parametrize("name", ["host", "unit", "county", "issuer", "person"])
    def test_only_the_office_that_the_policy_names_may_start_it(self, city: City, name: str):
        someone = make_applicant(city.unit)
        with refused("您当前的任职不能为他人发起申请"):
            services.start_for(season=city.season, person=someone.person, by=city.by(name), at=city.at)
        assert not Application.objects.exists()

    def test_nobody_is_started_by_himself(self, city: City):
        give_post(city.applicant, Role.SCI_TECH_AUTHORITY, city.region)
        with refused("不能由您为本人发起"):
            services.start_for(season=city.season, person=city.applicant.person, by=city.by("person"), at=city.at)

    def test_a_person_has_one_application_in_a_season_whoever_starts_it(self, city: City):
        own = city.from_below()
        with refused("已有一份申请"):
            services.start_for(season=city.season, person=city.applicant.person, by=city.by("city"), at=city.at)
        assert list(Application.objects.all()) == [own]

    def test_the_offices_own_draft_is_gone_on_with_by_a_colleague(self, city: City):
        draft = city.from_pool()
        colleague = actor(make_officer(Role.SCI_TECH_AUTHORITY, city.region))
        again = services.start_for(season=city.season, person=city.applicant.person, by=colleague, at=city.at)
        assert again == draft

    def test_a_draft_of_the_office_is_nobody_elses_business(self, city: City):
        draft = city.from_pool()
        viewers = {name: city.by(name) for name in ("person", "unit", "host", "county", "city")}
        seen = {name: draft in selectors.visible_to(viewer, city.at) for name, viewer in viewers.items()}
        assert [name for name, sees in seen.items() if sees] == ["city"]
        with refused("正在为您拟选派申请"):
            services.start(season=city.season, person=city.applicant.person, by=city.by("person"), at=city.at)

    def test_it_asks_the_office_for_no_pledge_that_only_the_person_can_give(self, city: City):
        asked = [field.fact for page in selectors.form_of(city.from_pool()) for field in page.fields]
        assert "application.plan" in asked
        assert {"application.pledge", "application.declaration"} & set(asked) == set()


class TestConsentOfThePerson:
    def test_it_lies_on_his_own_desk_and_he_is_told(self, city: City):
        handed_in = city.submit(city.from_pool())
        assert handed_in.desk == handed_in.person_desk()
        assert [paper.record for paper in papers_of(city.by("person"), city.at)] == [handed_in.pk]
        run_effects(city.at)
        told = Message.objects.get(user=city.applicant)
        assert told.text.startswith("新的待办：石测试的科技特派员申请（太谷区），待同意")

    def test_nobody_agrees_for_him(self, city: City):
        handed_in = city.submit(city.from_pool())
        for name in ("city", "county", "unit", "host", "issuer"):
            with refused(NOT_YOURS):
                desks.pass_up(record=fresh(handed_in), by=city.by(name), at=city.at, opinion="代为同意")
        assert agree(city, handed_in, "person").desk == f"host@organization:{city.host.pk}"

    def test_his_refusal_ends_it_on_a_ground_of_his_own(self, city: City):
        handed_in = city.submit(city.from_pool())
        assert list(grounds_of(handed_in)) == ["person_declines"]
        ground = grounds_of(handed_in)["person_declines"]
        ended = desks.reject(record=handed_in, by=city.by("person"), at=city.at, opinion="家中有事", ground=ground)
        assert (ended.state, ended.desk) == (DeskState.REJECTED, "")
        run_effects(city.at)
        told = Message.objects.filter(user=city.officers["city"]).values_list("text", flat=True)
        assert [text for text in told if "未通过。意见：家中有事" in text]

    def test_his_ground_is_nobody_elses(self, city: City):
        asked_host = agree(city, city.submit(city.from_pool()), "person")
        assert "person_declines" not in grounds_of(asked_host)
        assert list(grounds_of(asked_host))[:2] == ["host_declines", "materials"]

    def test_sent_back_by_him_it_returns_to_the_office_and_comes_again(self, city: City):
        handed_in = city.submit(city.from_pool())
        returned = desks.send_back(record=handed_in, by=city.by("person"), at=city.at, opinion="服务单位写错了")
        assert (returned.state, returned.desk) == (DeskState.RETURNED, handed_in.starter)
        with refused("不能再修改"):
            writing.save(record=returned, typed={"application.plan": "改"}, by=city.by("person"), at=city.at)
        again = city.submit(returned)
        assert (again.state, again.desk) == (DeskState.AWAITING_CONSENT, again.person_desk())

    def test_he_may_take_back_his_consent_until_the_host_looks(self, city: City):
        consented = agree(city, city.submit(city.from_pool()), "person")
        taken_back = desks.recall(record=fresh(consented), by=city.by("person"), at=city.at)
        assert taken_back.desk == taken_back.person_desk()

    @pytest.mark.parametrize("name", ["person", "city"])
    def test_he_and_the_office_may_withdraw_it_on_its_way(self, city: City, name: str):
        consented = agree(city, city.submit(city.from_pool()), "person")
        assert desks.withdraw(record=fresh(consented), by=city.by(name), at=city.at).state == DeskState.WITHDRAWN

    @pytest.mark.parametrize("name", ["host", "unit", "county", "issuer"])
    def test_no_other_withdraws_it(self, city: City, name: str):
        consented = agree(city, city.submit(city.from_pool()), "person")
        with refused(NOT_YOURS):
            desks.withdraw(record=fresh(consented), by=city.by(name), at=city.at)

    def test_a_chosen_officer_consents_for_himself_and_decides_nothing_else_of_it(self, city: City):
        give_post(city.applicant, Role.SCI_TECH_AUTHORITY, city.county)
        handed_in = city.submit(city.from_pool())
        at_county = agree(city, handed_in, "person", "host", "unit")
        assert at_county.desk == f"sci_tech_authority@region:{city.county.pk}"
        with refused(NOT_YOURS):
            desks.pass_up(record=fresh(at_county), by=city.by("person"), at=city.at, opinion="同意")

    def test_it_stands_under_what_the_office_started_and_what_is_about_him(self, city: City):
        handed_in = city.submit(city.from_pool())
        for name in ("person", "city"):
            assert [paper.record for paper in papers_started_by(city.by(name), city.at)] == [handed_in.pk]
        assert list(papers_started_by(city.by("county"), city.at)) == []


class TestInWriting:
    @pytest.mark.parametrize("before", [["person", "host"], ["person", "host", "unit"]])
    def test_unit_and_county_agree_in_words(self, city: City, before: list[str]):
        waiting = agree(city, city.submit(city.from_pool()), *before)
        officer = city.by(FROM_POOL[len(before)])
        for opinion in ("", "  \n"):
            with refused("本环节须书面同意"):
                desks.pass_up(record=fresh(waiting), by=officer, at=city.at, opinion=opinion)
        assert desks.pass_up(record=fresh(waiting), by=officer, at=city.at, opinion="同意选派").step == len(before) + 1

    def test_a_review_needs_no_words(self, city: City):
        waiting = agree(city, city.submit(city.from_pool()), *FROM_POOL[:4])
        assert desks.pass_up(record=fresh(waiting), by=city.by("county"), at=city.at).step == 5


class TestInPrinciple:
    def test_who_falls_short_says_why_and_it_is_kept_and_logged(self, city: City):
        draft = city.from_below(application__achievements="")
        with refused("原则上要求：科技特派员应拥有一定的科研成果") as caught:
            city.submit(draft)
        assert caught.value.refusals[0].basis.ref == "第八条（三）"
        with refused("原则上要求"):
            city.submit(draft, reasons={"achievements": "   "})
        handed_in = city.submit(draft, reasons={"achievements": "在基层服务二十年。"})
        assert fresh(handed_in).reasons == {"achievements": "在基层服务二十年。"}
        entry = log.entries_of(Ref(selectors.KIND, str(handed_in.pk))).get(action=DeskAction.SUBMIT)
        assert entry.details["reasons"] == {"achievements": "在基层服务二十年。"}
        assert audit.verify().faults == ()

    def test_a_reason_changed_behind_the_log_is_found(self, city: City):
        draft = city.from_below(application__achievements="")
        handed_in = city.submit(draft, reasons={"achievements": "在基层服务二十年。"})
        Application.objects.filter(pk=handed_in.pk).update(reasons={"achievements": "另一个理由"})
        assert len([fault for fault in audit.verify().faults if f"application:{handed_in.pk}" in str(fault)]) == 1

    def test_no_reason_mends_what_must_be(self, city: City):
        draft = city.from_below(person__education="大专", person__title="初级")
        with refused("应具有大学本科以上学历"):
            city.submit(draft, reasons={"qualification": "经验丰富"})

    @pytest.mark.parametrize(("experience", "lets_in"), [("", False), ("推广旱作技术八年，服务三十个村。", True)])
    def test_local_talent_needs_a_record_of_service_and_no_degree(self, city: City, experience: str, lets_in: bool):
        city.unit.kind = "cooperative"
        city.unit.save()
        draft = city.from_below(
            application__category="local_talent",
            person__education="高中及以下",
            person__title="无职称",
            application__experience=experience,
        )
        if lets_in:
            assert city.submit(draft).state == DeskState.AWAITING_CONSENT
        else:
            with refused("应有农业农村科技服务实绩"):
                city.submit(draft)


class TestTheList:
    def test_the_city_issues_one_list_with_hosts_and_without_certificates(self, city: City):
        passed = agree(city, city.submit(city.from_pool()), *FROM_POOL)
        run_effects(city.at)
        (notice,) = appointments.draft_notices(season=city.season, at=city.at)
        assert notice.region == city.region
        assert notice.content["roster"] == {
            "title": "2026年度科技特派员选派名单",
            "columns": ["序号", "姓名", "派出单位", "服务单位", "服务县（区、市）"],
            "rows": [["1", passed.person.name, "晋中测试大学", "太谷测试合作社", "太谷区"]],
        }
        notices.issue(notice=Notice.objects.get(), by=city.by("issuer"), at=city.at)
        run_effects(city.at)
        run_effects(city.at)
        (document,) = Document.objects.all()
        assert (document.kind, document.number) == (DocumentKind.APPOINTMENT_NOTICE, "晋中科发〔2026〕1号")
        appointment = Appointment.objects.get()
        assert (appointment.state, appointment.host, appointment.certificate) == ("active", city.host, None)
        told = Message.objects.filter(user=city.applicant, key__startswith="appointed").get()
        assert told.text == "您已被聘任，依据关于下达2026年度科技特派员选派名单的通知（晋中科发〔2026〕1号）。"
