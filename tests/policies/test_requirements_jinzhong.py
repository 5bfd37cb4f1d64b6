"""Every requirement of the Jinzhong rules stands in its pack, and the figures are those of the rules."""

import pytest

from apps.policies.conditions import evaluate
from apps.policies.schema import Pack
from tests.policies.listed import part_at, rows
from tests.policies.packs import jinzhong, uncited
from tests.policies.test_requirements_guangxi import parts_of_sheet

REQUIREMENTS = {f"JZ-{n:02}" for n in range(1, 40)} | {"A6", "A7", "A15", "A24"}
ENOUGH = {"year.on_site_services": 5, "year.trainings": 2, "year.trainees": 50, "year.problems_solved": 5}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return jinzhong()


def test_no_requirement_is_left_out():
    listed = rows("jinzhong")
    assert {requirement for requirement, _ in listed} == REQUIREMENTS
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(("requirement", "place"), rows("jinzhong"))
def test_a_requirement_stands_where_it_is_listed(pack: Pack, requirement: str, place: str):
    assert part_at(pack, place)


def test_every_part_of_the_sheet_but_the_office_s_own_terms_answers_a_requirement(pack: Pack):
    listed = {".".join(place.split(".")[:3]) for _, place in rows("jinzhong") if place.startswith("sheet.")}
    known = {place for place in listed if not place.startswith("sheet.assessment.")}
    assert parts_of_sheet(pack) - {"sheet.assessment.parts", "sheet.assessment.subjects"} - known == {
        "sheet.deadlines.in_pool", "sheet.deadlines.pairing",
    }  # fmt: skip
    assert known <= parts_of_sheet(pack)


def test_only_the_purpose_is_cited_by_no_rule():
    assert [text[:11] for text in uncited("jinzhong")] == ["为推进乡村全面振兴，发"]


@pytest.mark.parametrize("short", ENOUGH)
def test_the_workload_is_met_only_where_all_four_minima_are(pack: Pack, short: str):
    require = part_at(pack, "sheet.assessment.workload.require")
    assert evaluate(require, ENOUGH, pack).holds
    assert not evaluate(require, ENOUGH | {short: ENOUGH[short] - 1}, pack).holds


def test_five_parties_sign_in_any_order(pack: Pack):
    agreement = pack.sheet.agreements["dispatch"]
    assert agreement.parties == ("city", "person", "host", "unit", "county")
    assert not agreement.in_order


def test_the_workbook_goes_up_every_quarter(pack: Pack):
    form = pack.sheet.returns["workbook"]
    assert (form.every, [level.office for level in form.up]) == ("quarter", ["county", "city"])


def test_who_is_unqualified_leaves_when_the_city_agrees_without_a_circular(pack: Pack):
    dismissal = part_at(pack, "sheet.dismissals.unqualified")
    assert evaluate(dismissal.when, {"year.is_unqualified": True}, pack).holds
    assert [(route.starts, [step.office for step in route.steps]) for route in dismissal.routes] == [
        ("county", ["city"])
    ]
    assert not dismissal.circular
