"""The ladder of reminders and the limit of urging, as a pack has them or not."""

from typing import Any

import pytest

from apps.policies.calendar import Span
from apps.policies.reminding import Limit, by_hand, ladder, lapse
from apps.policies.schema import Ask, Lapse, OverdueReminder, Pack, Urging
from tests.policies.packs import guangxi


def reminding(**said: Any) -> Pack:
    pack = guangxi()
    application = pack.processes.application.model_copy(update={"remind": OverdueReminder(**said) if said else None})
    return pack.model_copy(update={"processes": pack.processes.model_copy(update={"application": application})})


@pytest.mark.parametrize(
    ("said", "rungs"),
    [
        ({}, []),
        ({"after_days": 7}, [(1, "holders", 7, None)]),
        (
            {"after_days": 3, "then_colleagues_after": 5, "then_level_above_after": 8, "stop_after": 20},
            [(1, "holders", 3, 20), (2, "colleagues", 5, 20), (3, "above", 8, 20)],
        ),
        ({"after_days": 3, "then_level_above_after": 8}, [(1, "holders", 3, None), (2, "above", 8, None)]),
    ],
)
def test_rungs_are_those_of_the_pack_numbered_without_a_gap(said: dict[str, Any], rungs: list[tuple[Any, ...]]):
    found = ladder(reminding(**said), {})
    assert [(rung.number, rung.audience, rung.after.days, rung.stop and rung.stop.days) for rung in found] == rungs


def test_days_that_the_law_leaves_open_are_the_seasons_own():
    pack = reminding(after_days=Ask(ask="overdue_after"))
    assert [rung.after.days for answers in ({}, {"overdue_after": 4}) for rung in ladder(pack, answers)] == [
        pack.chosen("overdue_after", {}),
        4,
    ]


def test_which_days_count_is_the_seasons_own_where_the_law_leaves_it_open():
    answered = ({}, {"overdue_counting": "working_days"})
    counted = [[span.counting for rung in ladder(guangxi(), each) for span in rung[2:]] for each in answered]
    assert [set(each) for each in counted] == [{"natural_days"}, {"working_days"}]


def test_the_limit_of_urging_is_that_of_the_pack_or_none():
    limited = reminding(after_days=7, by_hand=Urging(every_days=2, at_most=3))
    found = [by_hand(pack, {}) for pack in (limited, reminding(after_days=7), reminding())]
    assert found == [Limit(Span(2, "natural_days_inclusive"), 3), None, None]


def test_urging_counts_days_as_the_ladder_does():
    pack = reminding(after_days=7, counting="working_days", by_hand=Urging(every_days=2, at_most=3))
    assert by_hand(pack, {}) == Limit(Span(2, "working_days"), 3)


def test_how_long_one_has_to_hand_in_again_is_said_by_the_pack_or_not_limited():
    pack = guangxi()
    for rule, within in (
        (Lapse(returned_after_days=9, counting="working_days"), Span(9, "working_days")),
        (None, None),
    ):
        application = pack.processes.application.model_copy(update={"lapse": rule})
        changed = pack.model_copy(update={"processes": pack.processes.model_copy(update={"application": application})})
        assert lapse(changed, {}) == within
