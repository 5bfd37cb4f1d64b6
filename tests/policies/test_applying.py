"""What the shipped pack says of one case."""

from datetime import date
from typing import Any

import pytest

from apps.core.refusals import Basis
from apps.policies.applying import Shortfall, choose_route, pages, rules_in_force, shortfalls, term_of
from apps.policies.schema import Ask
from tests.policies.packs import guangxi, jinzhong

PACK = guangxi()
FORM = PACK.processes.application
FIT: dict[str, Any] = {
    "person.age": 40,
    "person.in_service": True,
    "person.education": "本科",
    "person.title": "中级",
    "person.years_of_service": 3,
    "unit.level": "city",
    "application.serves_own_county": False,
    "application.joins_county_team": True,
    "application.declaration": True,
}


def lacking(answers: dict[str, Any] | None = None, **changed: Any) -> list[str]:
    facts = FIT | {name.replace("__", "."): value for name, value in changed.items()}
    return [each.rule for each in shortfalls(FORM, facts, answers or {}, PACK)]


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({}, []),
        ({"person__age": 17}, ["adult"]),
        ({"person__age": 18}, []),
        ({"person__age": None}, ["adult"]),
        ({"person__in_service": False}, ["in_service"]),
        ({"person__education": "大专", "person__title": "无职称"}, []),
        ({"person__education": "高中及以下", "person__title": "初级"}, []),
        ({"person__education": "高中及以下", "person__title": "无职称"}, ["qualification"]),
        ({"person__education": "高中及以下", "person__title": "无职称", "person__years_of_service": 5}, []),
        ({"unit__level": "county"}, ["own_county"]),
        ({"unit__level": "township"}, ["own_county"]),
        ({"unit__level": "county", "application__serves_own_county": True}, []),
        ({"application__joins_county_team": False, "application__declaration": False}, ["county_team", "declaration"]),
    ],
)
def test_who_may_apply(changed: dict[str, Any], rules: list[str]):
    assert lacking(**changed) == rules


def test_a_shortfall_tells_what_was_found_what_to_do_and_its_clause():
    (told,) = shortfalls(FORM, FIT | {"application.joins_county_team": False}, {}, PACK)
    assert told == Shortfall(
        rule="county_team",
        must=True,
        message="每位科技特派员必须加入“一县一团”。",
        remedy="请在“承诺”一步选择“是”。",
        found="加入县级服务团为是，实际为否",
        basis=Basis(ref="三（三）", quote="每位科技特派员必须加入“一县一团”"),
    )


def test_an_office_that_asks_less_drops_the_rules_it_chose_to_drop():
    recommended = {"who_may_apply": "recommended"}
    assert lacking(recommended, person__in_service=False, person__age=17) == ["adult"]
    kept = [rule.id for rule in rules_in_force(FORM, recommended, PACK)]
    assert kept == ["adult", "own_county", "county_team", "declaration"]


def steps_under(answers: dict[str, Any]) -> list[tuple[str, str]]:
    route = choose_route(FORM, FIT, answers, PACK)
    assert route is not None
    return [(step.act, step.office) for step in route.steps]


def test_the_route_is_the_one_the_office_chose():
    ends = [("notice", "region"), ("finalisation", "region")]
    reviewed = [("consent", "unit"), ("review", "county")]
    assert steps_under({}) == [*reviewed, ("review", "city"), *ends]
    assert steps_under({"application_route": "past_city"}) == [*reviewed, *ends]


def test_no_route_is_said_as_such():
    assert choose_route(FORM, FIT, {"application_route": "by_air"}, PACK) is None


@pytest.mark.parametrize(
    ("answers", "term"),
    [
        ({}, (date(2026, 1, 1), date(2026, 12, 31))),
        ({"term_begins": "08-15", "term_years": 2}, (date(2026, 8, 15), date(2028, 8, 14))),
        ({"term_begins": "02-29"}, (date(2026, 2, 28), date(2027, 2, 27))),
        ({"term_begins": "2024-02-29", "term_years": 1}, (date(2024, 2, 29), date(2025, 2, 28))),
        ({"term_begins": "2024-02-29", "term_years": 4}, (date(2024, 2, 29), date(2028, 2, 28))),
    ],
)
def test_a_term_runs_whole_years_to_the_day_before(answers: dict[str, Any], term: tuple[date, date]):
    assert term_of(FORM.term, 2026, answers, PACK) == term


def test_what_the_season_chose_goes_before_what_the_pack_chose():
    assert PACK.answer(Ask(ask="notice_days"), {}) == 5
    assert PACK.answer(Ask(ask="notice_days"), {"notice_days": 7}) == 7
    assert PACK.answer(30, {"notice_days": 7}) == 30


def test_a_case_takes_a_route_that_its_starter_may_start():
    pack = jinzhong()
    process = pack.processes.application
    taken = {starts: choose_route(process, {}, {}, pack, starts) for starts in ("applicant", "city", "county")}
    assert {starts: route and route.id for starts, route in taken.items()} == {
        "applicant": "from_below",
        "city": "from_pool",
        "county": None,
    }


def test_a_starter_is_asked_his_own_pages_and_judged_by_his_own_rules():
    pack = jinzhong()
    process = pack.processes.application
    asked = {starts: [page.title for page in pages(process, starts)] for starts in ("applicant", "city")}
    assert asked["applicant"] == [*asked["city"], "证明材料和承诺"]
    judged = {
        starts: {rule.id for rule in rules_in_force(process, {}, pack, starts)} for starts in ("applicant", "city")
    }
    assert judged["applicant"] - judged["city"] == {"pledge", "declaration"}


def test_what_is_meant_in_principle_is_told_apart_from_what_must_be():
    pack = jinzhong()
    facts = {"application.category": "professional", "person.education": "大专", "person.title": "初级"}
    found = shortfalls(pack.processes.application, facts, {}, pack, "city")
    assert {each.rule: (each.must, each.basis.ref) for each in found} == {
        "qualification": (True, "第八条（三）"),
        "achievements": (False, "第八条（三）"),
        "host_in_county": (True, "第三条（二）"),
    }
