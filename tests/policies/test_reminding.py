"""The ladder of reminders and the limit of urging, as a pack has them or not."""

from typing import Any

import pytest

from apps.policies.reminding import Limit, Rung, by_hand, ladder
from apps.policies.schema import Ask, OverdueReminder, Pack, Urging
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
    assert ladder(reminding(**said), {}) == [Rung(*rung) for rung in rungs]


def test_days_that_the_law_leaves_open_are_the_seasons_own():
    pack = reminding(after_days=Ask(ask="overdue_after"))
    assert [rung.after_days for answers in ({}, {"overdue_after": 4}) for rung in ladder(pack, answers)] == [
        pack.chosen("overdue_after", {}),
        4,
    ]


def test_which_days_count_is_the_seasons_own_where_the_law_leaves_it_open():
    answered = ({}, {"overdue_counting": "working_days"})
    assert [{rung.counting for rung in ladder(guangxi(), each)} for each in answered] == [
        {"natural_days"},
        {"working_days"},
    ]


def test_the_limit_of_urging_is_that_of_the_pack_or_none():
    limited = reminding(after_days=7, by_hand=Urging(every_days=2, at_most=3))
    assert [by_hand(pack, {}) for pack in (limited, reminding(after_days=7), reminding())] == [Limit(2, 3), None, None]
