"""Every requirement of the Jiaozuo text stands in its pack, and the figures are those of the text."""

from typing import Any

import pytest

from apps.core.refs import Ref
from apps.desks.routes import freeze
from apps.policies import answers, checking, loading
from apps.policies.applying import choose_route, shortfalls
from apps.policies.conditions import evaluate
from apps.policies.schema import Between, Clause, Pack
from apps.policies.values import Mistyped
from apps.policies.walking import walk
from tests.policies.listed import part_at, rows

REQUIREMENTS = {f"JJ-{n:02}" for n in range(1, 48)} | {"A8", "A9", "A10", "A15", "A24"}
SCOPES: dict[str, Ref | None] = {
    "record.host": Ref("organization", "2"),
    "applicant.unit": Ref("organization", "1"),
    "jurisdiction": Ref("region", "4108"),
}
FIT = {
    "person.in_service": True,
    "unit.kind": "institute",
    "person.title": "中级",
    "person.education": "本科",
    "application.experience": "驻村指导",
    "application.host_in_county": True,
    "application.pledge": True,
    "application.declaration": True,
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return loading.parse(loading.read("jiaozuo").pack_text, "jiaozuo")


def squeezed(text: str) -> str:
    return "".join(text.split())


def quotes(pack: Pack) -> list[str]:
    return [squeezed(node.quote) for _, node in walk(pack) if isinstance(node, Clause)]


def test_no_requirement_is_left_out():
    assert {requirement for requirement, _ in rows("jiaozuo")} == REQUIREMENTS
    assert len(set(rows("jiaozuo"))) == len(rows("jiaozuo"))


@pytest.mark.parametrize(("requirement", "place"), rows("jiaozuo"))
def test_a_requirement_stands_where_it_is_listed(pack: Pack, requirement: str, place: str):
    assert part_at(pack, place)


def test_every_provision_answers_a_requirement(pack: Pack):
    listed = {
        place.removeprefix("sheet.provisions.") for _, place in rows("jiaozuo") if place.startswith("sheet.provisions.")
    }
    assert listed == {provision.id for provision in pack.sheet.provisions}


def test_every_quote_stands_in_the_text(pack: Pack):
    assert len(quotes(pack)) > 100
    assert [quote for quote in quotes(pack) if quote not in squeezed(loading.read("jiaozuo").source_text)] == []


def test_only_the_preamble_and_the_guiding_ideas_are_cited_by_no_rule(pack: Pack):
    lines = [squeezed(line) for line in loading.read("jiaozuo").source_text.splitlines()]
    long = [line for line in lines if len(line) >= checking.SHORTEST_PARAGRAPH]
    uncited = [line[:8] for line in long if not any(quote in line for quote in quotes(pack))]
    assert uncited == [
        "关于印发《焦作市",
        "各县（市、区）委",
        "附件：焦作市科技",
        "“十四五”时期是",
        "科技特派员制度是",
        "坚持以习近平总书",
        "1.坚持改革创新",
    ]


def test_the_figures_are_those_of_the_text(pack: Pack):
    sheet = pack.sheet
    assert sheet.assessment is not None
    assert sheet.teams["service_team"].size == Between(at_least=5, at_most=10)
    assert sheet.limits["team_agreements"].between == Between(at_least=1)
    assert sheet.fundings["team"].between == Between(at_least=100_000, at_most=200_000)
    assert sheet.fundings["commissioner"].between == Between(at_least=20_000, at_most=20_000)
    assert [grade.name for grade in sheet.assessment.grades] == ["优秀", "良好", "合格", "不合格"]
    assert [grade.cap.percent for grade in sheet.assessment.grades if grade.cap] == [15]
    assert [part.weight for part in sheet.assessment.parts] == [None] * 5
    assert {(each.of, each.by) for each in sheet.assessment.subjects} == {
        ("team", "city"),
        ("county", "city"),
        ("unit", "city"),
        ("commissioner", "county"),
    }


@pytest.mark.parametrize(("days", "services", "enough"), [(30, 0, True), (0, 12, True), (29, 11, False)])
def test_days_or_services_are_enough(pack: Pack, days: int, services: int, enough: bool):
    workload = pack.sheet.assessment.workload if pack.sheet.assessment else None
    assert workload is not None
    facts = {"year.on_site_days": days, "year.services": services}
    assert evaluate(workload.require, facts, pack).holds is enough
    assert workload.strength == "in_principle"


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [
        ({}, []),
        ({"person.title": "初级", "person.education": "硕士"}, []),
        ({"person.title": "初级"}, [("qualification", False)]),
        ({"application.experience": ""}, [("experience", False)]),
        ({"unit.kind": "enterprise"}, [("unit_kind", False)]),
        ({"person.in_service": False}, [("in_service", True)]),
        ({"application.pledge": False}, [("no_fees", True)]),
        ({"application.host_in_county": False}, [("host_in_county", True)]),
    ],
)
def test_who_falls_short_of_what(pack: Pack, changed: dict[str, Any], lacking: list[tuple[str, bool]]):
    found = shortfalls(pack.processes.application, FIT | changed, {}, pack)
    assert [(each.rule, each.must) for each in found] == lacking


@pytest.mark.parametrize("means", ["agrees", "abstains", "refuses"])
def test_the_office_chooses_what_silence_means(pack: Pack, means: str):
    route = choose_route(pack.processes.application, {}, {}, pack)
    assert route is not None
    steps = freeze(pack, route, {"opinion_silence": means, "panel_size": 5}, SCOPES)
    assert [step["act"] for step in steps] == [
        "consent", "consent", "scores", "meeting", "opinions", "notice", "finalisation",
    ]  # fmt: skip
    assert [step["listed"] for step in steps] == [False, True, False, False, False, False, False]
    panel, opinions = steps[2]["verdicts"], steps[4]["verdicts"]
    assert (panel["at_least"], panel["least"], panel["among"]) == (5, 60, [["expert", "region:4108"]])
    assert sum(line["most"] for line in panel["sheet"]) == 100
    assert (opinions["at_least"], opinions["among"]) == (4, [["member_unit", "region:4108"]])
    assert opinions["silence"] == {"after_days": 5, "means": means}


def test_what_the_office_may_choose(pack: Pack):
    assert answers.kinds(pack) == {
        "closing_reminder": answers.DAYS,
        "pairing_days": answers.DAYS,
        "opinion_days": answers.DAYS,
        "notice_days": answers.DAYS,
        "overdue_after": answers.DAYS,
        "overdue_counting": answers.OPTION,
        "overdue_colleagues": answers.DAYS,
        "overdue_level_above": answers.DAYS,
        "overdue_stop": answers.DAYS,
        "urging_every": answers.DAYS,
        "urging_at_most": answers.NUMBER,
        "panel_size": answers.NUMBER,
        "panel_mark": answers.NUMBER,
        "members_asked": answers.NUMBER,
        "squad_deputies": answers.NUMBER,
        "squad_liaisons": answers.NUMBER,
        "opinion_silence": answers.OPTION,
        "cap_base": answers.OPTION,
        "term_begins": answers.DAY,
        "term_years": answers.YEARS,
    }


@pytest.mark.parametrize(("key", "text", "value"), [("panel_mark", "0", 0), ("panel_mark", " 75 ", 75)])
def test_a_number_that_fits_is_read(pack: Pack, key: str, text: str, value: int):
    assert answers.read(pack, key, text) == value


@pytest.mark.parametrize("text", ["", "-1", "1000001", "10000000", "七十五", "9" * 100_000])
def test_a_number_that_does_not_fit_is_refused_in_words(pack: Pack, text: str):
    with pytest.raises(Mistyped, match="应填写0至1000000的整数"):
        answers.read(pack, "panel_mark", text)
