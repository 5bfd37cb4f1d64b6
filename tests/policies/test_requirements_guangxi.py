"""Every requirement of the Guangxi notice stands in its pack, and the figures are those of the notice."""

from typing import Any

import pytest

from apps.policies import answers
from apps.policies.conditions import evaluate
from apps.policies.schema import Pack
from tests.policies.listed import part_at, rows
from tests.policies.packs import guangxi, uncited

REQUIREMENTS = {f"GX-{n:02}" for n in range(1, 74)} | {
    "A1", "A2", "A3", "A4", "A5", "A14", "A16", "A17", "A18", "A19", "A20", "A21", "A22", "A23", "A24",
}  # fmt: skip


@pytest.fixture(scope="module")
def pack() -> Pack:
    return guangxi()


def test_no_requirement_is_left_out():
    listed = rows("guangxi-2023")
    assert {requirement for requirement, _ in listed} == REQUIREMENTS
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(("requirement", "place"), rows("guangxi-2023"))
def test_a_requirement_stands_where_it_is_listed(pack: Pack, requirement: str, place: str):
    assert part_at(pack, place)


def test_every_part_of_the_sheet_answers_a_requirement(pack: Pack):
    listed = {".".join(place.split(".")[:3]) for _, place in rows("guangxi-2023") if place.startswith("sheet.")}
    assert listed == parts_of_sheet(pack)


def parts_of_sheet(pack: Pack) -> set[str]:
    """Return the place of every rule at the top of the sheet, and of the parts of its assessment."""
    sheet = pack.sheet
    by_key = ("limits", "teams", "agreements", "returns", "vouchers", "fundings", "targets", "deadlines")
    listed = ("dismissals", "adjustments", "requirements", "provisions")
    return {
        *(f"sheet.{part}.{key}" for part in by_key for key in getattr(sheet, part)),
        *(f"sheet.{part}.{each.id}" for part in listed for each in getattr(sheet, part)),
        "sheet.assessment.parts",
        "sheet.assessment.subjects",
        *(("sheet.allocation.ties",) if sheet.allocation else ()),
        *(f"sheet.placing.{part}" for part in ("clients", "contacts", "villages") if sheet.placing),
    }


def test_only_headings_preambles_and_repetitions_are_cited_by_no_rule():
    assert [text[:9] for text in uncited("guangxi-2023")] == [
        "自治区乡村科技特派",
        "各市、县科技行政主",
        "针对部分科技特派员",
        "联系电话：0771",
        "①产业服务团以自治",
        "②请有一定技术和组",
    ]


@pytest.mark.parametrize(
    ("limit", "least", "most"),
    [
        ("leader_candidacies", None, 1),
        ("head_candidacies", None, 1),
        ("groups_of_leader", None, 1),
        ("wishes", 1, 3),
        ("villages", 1, 2),
        ("key_clients", 1, 2),
        ("assessment_bases", 1, 1),
        ("people_of_base", None, 1),
        ("bound_check_ins", None, 1),
        ("other_check_ins", None, 4),
    ],
)
def test_the_limits_are_those_of_the_notice(pack: Pack, limit: str, least: int | None, most: int):
    between = pack.sheet.limits[limit].between
    assert (between.at_least, between.at_most) == (least, most)


def test_the_figures_are_those_of_the_notice(pack: Pack):
    sheet = pack.sheet
    county, industry = sheet.teams["county_team"], sheet.teams["industry_team"]
    assert county.groups is not None
    assert industry.size is not None
    assert (county.groups.at_least, county.groups.at_most) == (3, 5)
    assert (industry.size.at_least, industry.size.at_most) == (5, 20)
    assert {key: seat.statement_at_most for key, seat in county.seats.items() if seat.statement_at_most} == {
        "leader": 1000,
        "group_head": 1000,
    }
    assert {key: target.between.at_least for key, target in sheet.targets.items()} == {
        "villages": 5379,
        "cases_of_county": 1,
        "cases_of_region": 100,
    }
    assert sheet.deadlines["check_in_record"].days == 5
    assert pack.answer(sheet.deadlines["late_check_in"].days, {}) == 15


def test_the_weights_come_to_a_hundred_and_may_be_chosen_otherwise(pack: Pack):
    assert sheet_weights(pack, {}) == [30, 60, 10]
    assert sheet_weights(pack, {"weight_effect": 50}) == [30, 50, 10]
    assert answers.kinds(pack)["weight_effect"] == answers.PERCENT


def sheet_weights(pack: Pack, chosen: dict[str, Any]) -> list[int]:
    assert pack.sheet.assessment is not None
    return [pack.answer(part.weight, chosen) for part in pack.sheet.assessment.parts]


def test_returns_go_up_by_the_days_of_the_notice(pack: Pack):
    assert {key: [(level.office, level.by) for level in form.up] for key, form in pack.sheet.returns.items()} == {
        "annex_3": [("region", "08-05")],
        "annex_4": [("city", "08-05"), ("region", "08-08")],
        "annex_5": [("county", "07-31"), ("city", None), ("region", "08-12")],
        "annex_6": [("region", "08-08")],
        "completion": [("region", None)],
    }


def test_what_the_notice_collects_may_come_late_for_fifteen_days(pack: Pack):
    late = {key: pack.answer(window.late.days, {}) for key, window in pack.calendar.windows.items() if window.late}
    assert late == dict.fromkeys(("wishes", "liaisons", "information_officers", "industry_teams", "candidacies"), 15)


@pytest.mark.parametrize(("size", "may"), [(10, False), (11, True)])
def test_a_deputy_is_for_teams_of_more_than_ten(pack: Pack, size: int, may: bool):
    for seat in ("deputy", "secretary_general"):
        when = part_at(pack, f"sheet.teams.industry_team.seats.{seat}.when")
        assert evaluate(when, {"team.size": size}, pack).holds is may


@pytest.mark.parametrize(
    ("level", "leads", "heads"), [("region", True, True), ("county", False, True), ("township", False, False)]
)
def test_who_may_lead_a_team_and_who_a_group(pack: Pack, level: str, leads: bool, heads: bool):
    seats, facts = pack.sheet.teams["county_team"].seats, {"unit.level": level}
    assert evaluate(part_at(seats, "leader.require"), facts, pack).holds is leads
    assert evaluate(part_at(seats, "group_head.require"), facts, pack).holds is heads


@pytest.mark.parametrize(("hours", "checked_in", "counts"), [(3, False, True), (2, False, False), (4, True, False)])
def test_days_of_travel_count_from_three_hours_without_a_check_in(
    pack: Pack, hours: int, checked_in: bool, counts: bool
):
    facts = {"check_in.travel_hours": hours, "check_in.on_travel_day": checked_in}
    assert evaluate(part_at(pack, "sheet.requirements.travel_days.require"), facts, pack).holds is counts
