"""A route as it is frozen into a record: whose desk each step leads to."""

from collections.abc import Mapping

import pytest

from apps.core.refs import Ref
from apps.core.refusals import Refused
from apps.desks.routes import freeze
from apps.policies import loading
from apps.policies.schema import DutyHours, Pack

SCOPES: Mapping[str, Ref | None] = {
    "applicant.unit": Ref("organization", "7"),
    "record.county_served": Ref("region", "450126"),
    "record.county_served.supervisor": Ref("region", "4501"),
    "jurisdiction": Ref("region", "45"),
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    files = loading.read("guangxi-2023")
    return loading.parse(files.pack_text, "guangxi-2023")


def frozen(pack: Pack, answers: Mapping[str, object], scopes: Mapping[str, Ref | None] = SCOPES) -> list[dict]:
    return freeze(pack, pack.processes.application.routes[0], answers, scopes)


def test_each_step_says_what_is_awaited_by_which_office_at_which_desk(pack: Pack):
    assert frozen(pack, {})[1] == {
        "act": "review",
        "called": "审核",
        "office": "county",
        "desk": "sci_tech_authority@region:450126",
        "label": "县级科技行政主管部门",
        "days": None,
        "written": False,
        "listed": False,
        "verdicts": None,
    }


@pytest.mark.parametrize(("days", "answers"), [(5, {}), (7, {"notice_days": 7})])
def test_a_length_that_the_law_leaves_open_is_the_seasons_own(pack: Pack, days: int, answers: Mapping[str, object]):
    assert [step["days"] for step in frozen(pack, answers) if step["act"] == "notice"] == [days]


def test_days_that_are_not_plain_natural_days_are_frozen_with_how_they_count(pack: Pack):
    hours = DutyHours(every_day=False, spans=(("08:30", "12:00"),))
    calendar = pack.calendar.model_copy(update={"counting": "working_days", "duty_hours": hours})
    (notice,) = (step for step in frozen(pack.model_copy(update={"calendar": calendar}), {}) if step["days"])
    assert notice["counting"] == "working_days"
    assert notice["duty_hours"] == {"every_day": False, "spans": [["08:30", "12:00"]]}
    assert {"counting", "duty_hours"}.isdisjoint(key for step in frozen(pack, {}) for key in step)


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope != "jurisdiction"])
def test_a_step_without_an_office_is_refused_by_its_name(pack: Pack, scope: str):
    with pytest.raises(Refused) as refused:
        frozen(pack, {}, {**SCOPES, scope: None})
    (refusal,) = refused.value.refusals
    labels = [office.label for office in pack.offices.values() if office.scope == scope]
    assert (refusal.code, [label in refusal.reason for label in labels]) == ("no_office", [True])
