"""A household is recognised, taken off the list and put back, and the list is filed; and all that is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.core import audit
from apps.core.log import digest_of, entries_of
from apps.core.refs import Ref
from apps.desks import services as desks
from apps.desks.models import Paper
from apps.desks.selectors import papers_of
from apps.desks.walks import Ground
from apps.directory.models import Region
from apps.directory.states import Role
from apps.home.selectors import reads_verdicts
from apps.matching.models import Service
from apps.matching.selectors import pool as directory
from apps.matching.services import pairings, pool
from apps.notices.models import Message
from apps.recognition import selectors, services
from apps.recognition.models import Target
from apps.writing import services as writing
from tests.factories.every_act import mark_of
from tests.factories.notices import run_effects
from tests.factories.people import actor, give_post, make_officer, make_person, make_user
from tests.factories.recognition import Hosts, anew, build_hosts
from tests.refusals import code_of
from workflows import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def hosts() -> Hosts:
    return build_hosts()


def ground_of(target: Target, key: str = "misconduct") -> Ground:
    return next(each for each in selectors.removal_grounds(target) if each.key == key)


def told(hosts: Hosts, name: str) -> list[str]:
    return list(Message.objects.filter(user=hosts.officers[name]).order_by("pk").values_list("text", flat=True))


def test_a_household_goes_from_its_own_application_to_the_filed_list_of_its_county(hosts: Hosts):
    later = hosts.at + timedelta(days=1)
    handed_in = hosts.hand_in()
    assert [(step["called"], step["desk"]) for step in handed_in.route] == [
        ("基层推荐", f"township_office@region:{hosts.township.pk}"),
        ("筛选审核", f"sci_tech_authority@region:{hosts.county.pk}"),
    ]
    passed = hosts.agree(handed_in, "township", "county")
    run_effects(hosts.at)
    target = Target.objects.get(recognition=passed)
    assert (passed.state, target.label, target.since, target.keeper) == (
        "passed", "示范户", hosts.at.date(), f"sci_tech_authority@region:{hosts.county.pk}",
    )  # fmt: skip
    assert [each.host for each in selectors.listed_now()] == [hosts.host]

    filing = hosts.hand_list_in()
    assert (filing.number, filing.changes, [line["what"] for line in filing.lines]) == (1, 1, ["新增"])
    assert [paper.title for paper in papers_of(hosts.by("institute"), hosts.at)] == [filing.title]
    services.file_list(filing=filing, by=hosts.by("institute"), at=hosts.at)
    assert code_of(hosts.hand_list_in, at=later) == "nothing_changed"

    county, ground = hosts.by("county"), ground_of(target)
    off = services.take_off(target=anew(target), by=county, at=later, opinion="转包他人", ground=ground)
    assert (off.state, off.until, list(selectors.listed_now())) == ("removed", later.date(), [])
    entry = entries_of(Ref("target", str(target.pk))).last()
    assert (entry.opinion, entry.ground, entry.clause[:8]) == ("转包他人", ground.label, "第十一条（五）：")
    filing = hosts.hand_list_in(at=later + timedelta(hours=1))
    assert (filing.number, [line["what"] for line in filing.lines]) == (0, ["调出"])

    institute = hosts.by("institute")
    filing = services.send_list_back(filing=filing, by=institute, at=later, opinion="请核对调出日期")
    back = services.put_back(target=off, by=county, at=later + timedelta(hours=2), opinion="已收回自营")
    assert (back.state, back.since, back.until) == ("draft", later.date(), None)
    filing = services.hand_list_in_again(filing=filing, by=county, at=later + timedelta(hours=3))
    assert (filing.state, filing.number, [line["what"] for line in filing.lines]) == ("draft", 1, ["调回"])
    filing = services.file_list(filing=filing, by=institute, at=later + timedelta(hours=4))
    assert (filing.state, papers_of(institute, later).count()) == ("filed", 0)

    run_effects(later + timedelta(hours=5))
    assert [text for text in told(hosts, "host") if "调" in text] == [
        "测试养殖户：" + text
        for text in (
            f"{county.name}已办理“调出名单”，现为“已调出”。理由或意见：转包他人",
            f"{county.name}已办理“调回名单”，现为“在册”。理由或意见：已收回自营",
        )
    ]
    assert audit.verify().faults == ()


def test_what_is_given_back_is_mended_and_what_is_turned_down_or_withdrawn_ends(hosts: Hosts):
    returned = desks.send_back(record=hosts.hand_in(), by=hosts.by("township"), at=hosts.at, opinion="请写明规模")
    assert (returned.state, returned.desk) == ("returned", returned.starter)
    typed = {"recognition.business": "舍饲肉羊五百只。"}
    writing.save(record=returned, typed=typed, by=hosts.by("host"), at=hosts.at)
    again = writing.submit(record=anew(returned), by=hosts.by("host"), at=hosts.at)
    assert (again.state, again.content["recognition.business"]) == ("awaiting_consent", "舍饲肉羊五百只。")
    ground = next(each for each in selectors.grounds_of(again, "township") if each.key == "not_recommended")
    down = desks.reject(record=again, by=hosts.by("township"), at=hosts.at, opinion="不成规模", ground=ground)
    assert (down.state, "screened_out" in [each.key for each in selectors.grounds_of(again, "township")]) == (
        "rejected", False,
    )  # fmt: skip
    withdrawn = desks.withdraw(record=hosts.hand_in(), by=hosts.by("host"), at=hosts.at)
    run_effects(hosts.at)
    assert (withdrawn.state, Target.objects.count()) == ("withdrawn", 0)


def test_a_site_is_recognised_by_both_bodies_or_not_at_all(hosts: Hosts):
    begun = hosts.hand_in("site")
    department = make_desk(hosts, "department")
    city = hosts.by("city")
    desks.ask(model=type(begun), seen={begun.pk: begun.version}, parties={department, begun.desk}, by=city, at=hosts.at)
    digest = digest_of(begun.subject())

    def say(name: str, party: str, word: str) -> None:
        desks.give_verdict(
            record=anew(begun),
            party=party,
            word=word,
            digest=digest,
            by=hosts.by(name),
            at=hosts.at,
            opinion="已研究",
            replaces=mark_of(anew(begun), "recognition", party),
        )

    colleague = actor(make_officer(Role.HOST, hosts.host))
    readers = [
        name for name in ("city", "county", "department") if reads_verdicts(anew(begun), hosts.by(name), hosts.at)
    ]
    assert (readers, reads_verdicts(anew(begun), colleague, hosts.at)) == (["city", "county"], False)
    say("city", begun.desk, "agree")
    assert code_of(desks.pass_up, record=anew(begun), by=city, at=hosts.at) == "verdicts_wanting"
    say("department", department, "refuse")
    assert code_of(desks.pass_up, record=anew(begun), by=city, at=hosts.at) == "verdicts_fail"
    say("department", department, "agree")
    assert desks.pass_up(record=anew(begun), by=city, at=hosts.at).state == "passed"
    run_effects(hosts.at)
    assert Target.objects.get().keeper == f"sci_tech_authority@region:{hosts.season.jurisdiction_id}"


def make_desk(hosts: Hosts, name: str) -> str:
    return next(post.desk for post in hosts.by(name).posts)


@pytest.mark.parametrize("kind", ["park", "unit"])
def test_parks_and_units_are_recognised_by_the_city_alone(hosts: Hosts, kind: str):
    assert hosts.agree(hosts.hand_in(kind), "city").state == "passed"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"recognition__wanted": ""}, "incomplete"),
        ({"recognition__township": "150821101"}, "incomplete"),
        ({"recognition__voluntary": "no"}, "ineligible:voluntary"),
    ],
)
def test_a_form_that_lacks_something_is_not_handed_in(hosts: Hosts, changed: dict[str, str], code: str):
    draft = hosts.begin(**changed)
    assert code_of(writing.submit, record=draft, by=hosts.by("host"), at=hosts.at) == code


def test_nobody_decides_on_his_own_host_and_only_the_keeper_changes_its_list(hosts: Hosts):
    recognition = hosts.agree(hosts.hand_in(), "township")
    give_post(hosts.officers["county"], Role.HOST, hosts.host)
    assert code_of(desks.pass_up, record=recognition, by=hosts.by("county"), at=hosts.at) == "own_case"
    hosts.officers["county"].posts.filter(role="host").delete()
    hosts.agree(recognition, "county")
    run_effects(hosts.at)
    target = Target.objects.get()
    given = {"target": target, "at": hosts.at, "opinion": "调整", "ground": ground_of(target)}
    for name in ("host", "township", "institute", "city"):
        assert code_of(services.take_off, by=hosts.by(name), **given) == "not_yours"
    for name, value, code in (("opinion", " ", "no_reason"), ("ground", None, "no_ground")):
        assert code_of(services.take_off, by=hosts.by("county"), **{**given, name: value}) == code
    assert code_of(hosts.begin) == "is_listed"
    services.take_off(by=hosts.by("county"), **given)
    hosts.begin()
    assert (
        code_of(services.put_back, target=anew(target), by=hosts.by("county"), at=hosts.at, opinion="x") == "is_listed"
    )


def test_one_list_at_a_time_is_on_its_way_and_its_county_alone_hands_it_in(hosts: Hosts):
    hosts.recognise()
    stranger = {"kind": "household", "county": hosts.county.pk, "by": hosts.by("institute"), "at": hosts.at}
    assert code_of(services.hand_list_in, **stranger) == "not_yours"
    hosts.hand_list_in()
    later = hosts.at + timedelta(days=1)
    assert code_of(hosts.hand_list_in, at=later) == "nothing_changed"
    replace(hosts, at=later).another("第二户").recognise()
    assert code_of(hosts.hand_list_in, at=later) == "under_way"


def test_each_sees_what_is_his_and_nobody_a_draft_of_another(hosts: Hosts):
    draft = hosts.begin()
    sibling = make_officer(Role.SCI_TECH_AUTHORITY, Region.objects.get(pk="150821"))
    seen = {name: selectors.visible_to(hosts.by(name), hosts.at).count() for name in hosts.officers}
    assert [name for name, number in seen.items() if number] == ["host"]
    writing.submit(record=draft, by=hosts.by("host"), at=hosts.at)
    seen = {name: selectors.visible_to(hosts.by(name), hosts.at).count() for name in hosts.officers}
    assert {name for name, number in seen.items() if number} == {
        "host",
        "township",
        "county",
        "institute",
        "city",
        "issuer",
    }
    assert Paper.objects.filter(kind="recognition", done=None).get().title == "测试养殖户申请认定为示范户"

    assert selectors.visible_to(actor(sibling), hosts.at).count() == 0


def test_a_recognised_household_finds_an_expert_in_the_directory_and_invites_him(hosts: Hosts):
    hosts.recognise()
    expert = make_user(person=make_person(name="饲养专家"))
    pool.note_services(services=[Service(person=expert.person, season=hosts.season, county=hosts.county)])
    assert [each.name for each in directory.commissioners(hosts.by("host"), hosts.at)] == ["饲养专家"]
    said = {"season": hosts.season, "person": expert.person, "industry": "sheep", "terms": "饲草料配比", "at": hosts.at}
    invited = pairings.propose(side=hosts.host, by=hosts.by("host"), **said)
    assert (invited.until, [paper.title for paper in papers_of(actor(expert), hosts.at)]) == (
        None, ["饲养专家与测试养殖户的对接"],
    )  # fmt: skip
    agreed = pairings.agree(pairing=invited, digest=invited.digest(), by=actor(expert), at=hosts.at)
    assert agreed.state == "agreed"


def test_who_leaves_it_lying_is_reminded_and_then_the_county_above_the_township(hosts: Hosts):
    hosts.hand_in()
    for days in (6, 7, 10, 14):
        steps.remind_of_overdue(hosts.at + timedelta(days=days))
    late = [text for name in ("township", "county", "city") for text in told(hosts, name) if "未办" in text]
    assert late == [
        "选派：您有1件待办已满7天未办，请尽快办理。",
        "选派：团结街道有1件待办已满14天未办，经提醒仍未办理。请督促。",
    ]


def test_what_passes_twice_is_listed_once(hosts: Hosts):
    target = hosts.recognise()
    assert services.list_recognised(records=[target.recognition_id], at=hosts.at) == []


def test_what_is_given_back_and_left_lying_ends_as_an_application_does(hosts: Hosts):
    left = hosts.hand_in()
    desks.send_back(record=anew(left), by=hosts.by("township"), at=hosts.at, opinion="请补充。")
    ended = [
        hosts.at + timedelta(days=days)
        for days in (59, 60, 61, 62)
        if steps.lapse_returned(hosts.at + timedelta(days=days))
    ]
    assert (len(ended), anew(left).state) == (1, "lapsed")
    assert hosts.begin().pk != left.pk
