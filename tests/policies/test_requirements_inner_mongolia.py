"""Every requirement of the Inner Mongolia text stands in its pack, and each category goes to its own level."""

from datetime import date
from typing import Any

import pytest

from apps.core.refs import Ref
from apps.desks.routes import freeze
from apps.policies import checking, loading
from apps.policies.applying import choose_route, shortfalls
from apps.policies.schema import Between, Pack
from tests.policies.listed import part_at, rows

REQUIREMENTS = {f"NM-{n:02}" for n in range(1, 27)} | {"A15", "A19", "A24", "A26"}
SCOPES: dict[str, Ref | None] = {
    "applicant.unit": Ref("organization", "1"),
    "record.county_served": Ref("region", "150121"),
    "record.county_served.supervisor": Ref("region", "1501"),
    "jurisdiction": Ref("region", "15"),
}
WITHOUT_UNIT = ("local_talent", "prosperity_leader", "graduate", "veteran", "returnee")
FIT = {
    "person.age": 40,
    "person.unit": "1",
    "unit.level": "region",
    "application.category": "technician",
    "application.experience": "",
    "application.declaration": True,
}
UNIT, COUNTY, CITY, REGION = "unit", "county", "city", "region"
NO_RULE = "没有规则引用："


@pytest.fixture(scope="module")
def pack() -> Pack:
    return loading.parse(loading.read("inner-mongolia").pack_text, "inner-mongolia")


def test_no_requirement_is_left_out():
    listed = rows("inner-mongolia")
    assert {requirement for requirement, _ in listed} == REQUIREMENTS
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(("requirement", "place"), rows("inner-mongolia"))
def test_a_requirement_stands_where_it_is_listed(pack: Pack, requirement: str, place: str):
    assert part_at(pack, place)


def test_every_provision_answers_a_requirement(pack: Pack):
    listed = {place for _, place in rows("inner-mongolia") if place.startswith("sheet.provisions.")}
    assert listed == {f"sheet.provisions.{provision.id}" for provision in pack.sheet.provisions}


def test_only_preambles_are_cited_by_no_rule():
    notes = checking.check("inner-mongolia").notes
    uncited = [note.removeprefix(NO_RULE) for note in notes if note.startswith(NO_RULE)]
    assert [text[:6] for text in uncited] == [
        "关于印发《深",
        "为贯彻落实习",
        "三年行动实施",
        "为贯彻落实习",
        "以习近平新时",
        "3. 利益共",
    ]


@pytest.mark.parametrize(
    ("category", "unit", "route", "offices"),
    [
        ("expert", "1", "by_category", [UNIT, COUNTY, REGION]),
        ("expert", "1", "by_city", [UNIT, COUNTY, REGION]),
        ("technician", "1", "by_category", [UNIT, COUNTY, CITY]),
        ("legal_person", "1", "by_category", [UNIT, COUNTY, CITY]),
        ("local_technician", "1", "by_category", [UNIT, COUNTY]),
        ("local_technician", "1", "by_city", [UNIT, COUNTY, CITY]),
        ("veteran", "1", "by_category", [UNIT, COUNTY]),
        *((category, None, "by_category", [COUNTY]) for category in WITHOUT_UNIT),
        *((category, None, "by_city", [COUNTY, CITY]) for category in WITHOUT_UNIT),
    ],
)
def test_each_category_is_decided_at_its_level(
    pack: Pack, category: str, unit: str | None, route: str, offices: list[str]
):
    answers = {"application_route": route}
    facts = {"application.category": category, "person.unit": unit}
    chosen = choose_route(pack.processes.application, facts, answers, pack)
    assert chosen is not None
    scopes = SCOPES if unit else {**SCOPES, "applicant.unit": None}
    steps = freeze(pack, chosen, answers, scopes)
    assert [step["office"] for step in steps] == offices
    assert steps[-1]["act"] == "finalisation"


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [
        ({}, []),
        ({"person.unit": None}, [("unit_named", True)]),
        ({"application.category": "expert"}, []),
        ({"application.category": "expert", "unit.level": "central"}, []),
        ({"application.category": "expert", "unit.level": "city"}, [("regional_expert", True)]),
        ({"application.category": "local_technician", "application.serves_own_county": True}, []),
        (
            {"application.category": "local_technician", "application.serves_own_county": False},
            [("near_home", False)],
        ),
        ({"application.category": "veteran", "person.unit": None}, [("capability", True)]),
        ({"application.category": "veteran", "person.unit": None, "application.experience": "养羊"}, []),
        ({"person.age": 17}, [("adult", True)]),
    ],
)
def test_who_falls_short_of_what(pack: Pack, changed: dict[str, Any], lacking: list[tuple[str, bool]]):
    found = shortfalls(pack.processes.application, FIT | changed, {}, pack)
    assert [(each.rule, each.must) for each in found] == lacking


def test_the_figures_are_those_of_the_text(pack: Pack):
    targets = {key: (target.between.at_least, target.by) for key, target in pack.sheet.targets.items()}
    assert targets == {
        "workstations": (30, date(2023, 12, 31)),
        "clusters": (11, None),
        "trial_stations": (10, None),
        "industry_bases": (50, None),
        "service_points": (100, None),
    }
    assert pack.sheet.fundings["workstation"].between == Between(at_least=150_000)
    assert part_at(pack, "sheet.assessment.grades.excellent.brings") == ("funding",)


def test_the_notice_is_numbered_as_in_the_text(pack: Pack):
    number = pack.documents.appointment_notice.number
    assert number is not None
    assert number.write(2021, 1) == pack.source.number == "内科发农字〔2021〕1号"
