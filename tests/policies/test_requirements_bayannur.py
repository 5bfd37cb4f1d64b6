"""Every requirement of the Bayannur text stands in its pack, and the figures are those of the text."""

from datetime import date
from typing import Any

import pytest

from apps.core.refs import Ref
from apps.desks.routes import freeze
from apps.policies import checking, loading
from apps.policies.applying import choose_route, shortfalls, term_of
from apps.policies.conditions import evaluate
from apps.policies.schema import Between, Pack
from tests.policies.listed import part_at, rows

REQUIREMENTS = {f"BY-{n:02}" for n in range(1, 53)} | {"A11", "A12", "A13", "A24", "A25"}
SCOPES: dict[str, Ref | None] = {
    "applicant.unit": Ref("organization", "1"),
    "record.host": Ref("organization", "2"),
    "record.township": Ref("region", "150802001"),
    "record.county_served": Ref("region", "150802"),
    "jurisdiction": Ref("region", "1508"),
}
FIT = {
    "person.title": "中级",
    "person.years_of_service": 3,
    "application.pledge": True,
    "application.declaration": True,
}
NO_RULE = "没有规则引用："


@pytest.fixture(scope="module")
def pack() -> Pack:
    return loading.parse(loading.read("bayannur").pack_text, "bayannur")


def test_no_requirement_is_left_out():
    listed = rows("bayannur")
    assert {requirement for requirement, _ in listed} == REQUIREMENTS
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(("requirement", "place"), rows("bayannur"))
def test_a_requirement_stands_where_it_is_listed(pack: Pack, requirement: str, place: str):
    assert part_at(pack, place)


def test_every_provision_answers_a_requirement(pack: Pack):
    listed = {place for _, place in rows("bayannur") if place.startswith("sheet.provisions.")}
    assert listed == {f"sheet.provisions.{provision.id}" for provision in pack.sheet.provisions}


def test_only_the_covering_letter_the_purpose_and_the_heads_of_lists_are_cited_by_no_rule():
    notes = checking.check("bayannur").notes
    uncited = [note.removeprefix(NO_RULE) for note in notes if note.startswith(NO_RULE)]
    assert [text[:8] for text in uncited] == [
        "[bookmar",
        "邮  箱：szn",
        "附件:1.巴彦淖",
        "第一条 实施科技",
        "第四条 巴彦淖尔",
        "第五条 巴彦淖尔",
        "（一）贯彻执行科",
        "第六条 旗县区科",
        "第八条 精准服务",
    ]


def test_the_route_ends_with_filing_at_the_institute(pack: Pack):
    route = choose_route(pack.processes.application, {}, {}, pack)
    assert route is not None
    assert [(step["act"], step["called"], step["desk"]) for step in freeze(pack, route, {}, SCOPES)] == [
        ("consent", "批准同意", "dispatching_unit@organization:1"),
        ("finalisation", "审核认定", "sci_tech_authority@region:150802"),
        ("filing", "备案", "sci_tech_institute@region:1508"),
    ]


@pytest.mark.parametrize(
    ("kind", "steps", "asked", "filed"),
    [
        (
            "household",
            [("基层推荐", "township_office@region:150802001"), ("筛选审核", "sci_tech_authority@region:150802")],
            [],
            "institute",
        ),
        ("site", [("共同认定", "sci_tech_authority@region:1508")], ["organization_department", "city"], ""),
        ("park", [("认定", "sci_tech_authority@region:1508")], [], ""),
        ("unit", [("认定", "sci_tech_authority@region:1508")], [], ""),
    ],
)
def test_hosts_are_recognised_by_those_whom_the_text_names(
    pack: Pack, kind: str, steps: list[tuple[str, str]], asked: list[str], filed: str
):
    known = pack.processes.recognised[kind]
    route = choose_route(known, {}, {}, pack, "host")
    assert route is not None
    frozen = freeze(pack, route, {}, SCOPES)
    assert [(step["called"], step["desk"]) for step in frozen] == steps
    assert [name for step in frozen if step["verdicts"] for name in step["verdicts"]["of"]] == asked
    assert (known.keeping.filing.office if known.keeping.filing else "") == filed


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [
        ({}, []),
        ({"person.title": "初级"}, ["qualification"]),
        ({"person.title": "初级", "person.years_of_service": 10}, []),
        ({"person.title": "初级", "person.years_of_service": 9}, ["qualification"]),
        ({"application.pledge": False}, ["pledge"]),
    ],
)
def test_a_title_or_ten_years_of_service_are_enough(pack: Pack, changed: dict[str, Any], lacking: list[str]):
    found = shortfalls(pack.processes.application, FIT | changed, {}, pack)
    assert [each.rule for each in found] == lacking


def test_an_appointment_lasts_five_years(pack: Pack):
    assert term_of(pack.processes.application.term, 2024, {}, pack) == (date(2024, 7, 1), date(2029, 6, 30))


@pytest.mark.parametrize(("services", "goes"), [(4, True), (5, False)])
def test_fewer_than_five_services_a_year_end_an_appointment(pack: Pack, services: int, goes: bool):
    assessment, facts = pack.sheet.assessment, {"year.services": services}
    assert assessment is not None
    assert assessment.workload is not None
    when = part_at(pack, "sheet.dismissals.few_services.when")
    assert evaluate(when, facts, pack).holds is goes
    assert evaluate(assessment.workload.require, facts, pack).holds is not goes


def test_the_figures_are_those_of_the_text(pack: Pack):
    sheet, duty = pack.sheet, pack.calendar.duty_hours
    team = sheet.teams["expert_team"]
    assert duty is not None
    assert (duty.every_day, duty.spans) == (True, (("09:00", "12:00"), ("15:00", "18:00")))
    assert team.size == Between(at_least=10)
    assert evaluate(part_at(team, "seats.leader.require"), {"person.title": "副高级"}, pack).holds
    assert not evaluate(part_at(team, "seats.leader.require"), {"person.title": "中级"}, pack).holds
    assert len(sheet.dismissals) == 6
    assert all(each.circular for each in sheet.dismissals)
    assert part_at(sheet, "returns.rules_and_plan.up.0.by") == "05-07"
    assert not sheet.vouchers["service"].holds_elsewhere


def test_the_notice_is_numbered_in_round_brackets(pack: Pack):
    number = pack.documents.appointment_notice.number
    assert number is not None
    assert number.write(2024, 72) == pack.source.number == "巴科便函（2024）72号"
    assert (pack.documents.publicity_list, pack.documents.certificate) == (None, None)
