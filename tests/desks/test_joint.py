"""What verdicts come to: the rules, one refusal, silence, recusal; compared with a plain reading of each."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.desks.joint import Said, judge
from apps.desks.states import Word

ASKED = datetime(2026, 6, 1, tzinfo=UTC)
NOW = ASKED + timedelta(days=3)
SECOND = timedelta(seconds=1)


def rule(name: str, **changed: Any) -> dict[str, Any]:
    return {"rule": name, "least": None, "at_least": 1, "one_refusal": "counts", "silence": None, **changed}


def said(*words: str) -> list[Said]:
    """Return one party for each word, `-` for one that is silent, a number for points."""
    return [
        Said(f"p{n}", ASKED, Word.AGREE, int(word)) if word.isdecimal() else Said(f"p{n}", ASKED, word.strip("-"))
        for n, word in enumerate(words)
    ]


A, R, C = Word.AGREE.value, Word.REFUSE.value, Word.RECUSE.value


@pytest.mark.parametrize(
    ("asked", "words", "met", "failed"),
    [
        (rule("all"), [A, A], True, False),
        (rule("all"), [A, "-"], False, False),
        (rule("all"), [A, R], False, True),
        (rule("all"), [A, C], True, False),
        (rule("all"), [C], False, False),
        (rule("all"), [], False, False),
        (rule("any"), ["-", A], True, False),
        (rule("any"), [R, "-"], False, False),
        (rule("any"), [R, R], False, True),
        (rule("any", one_refusal="blocks"), [R, A], False, True),
        (rule("quorum", least=2), [A, A, R], True, False),
        (rule("quorum", least=2), [A, R, "-"], False, False),
        (rule("quorum", least=2), [A, R, R], False, True),
        (rule("quorum", least=2, one_refusal="blocks"), [A, A, R], False, True),
        (rule("average", least=60), ["70", "50"], True, False),
        (rule("average", least=60), ["70", "49"], False, True),
        (rule("average", least=60), ["70", "-"], False, False),
        (rule("average", least=60), ["60", C], True, False),
        (rule("heard", at_least=3), [R, C, "-"], True, False),
        (rule("heard"), [], True, False),
        (rule("all", at_least=3), [A, A], False, False),
        (rule("all", at_least=2), [A, C], False, False),
    ],
)
def test_a_rule_is_met_or_can_no_longer_be(asked: Mapping[str, Any], words: list[str], met: bool, failed: bool):
    standing = judge(asked, said(*words), NOW)
    assert (standing.is_met, standing.is_failed) == (met, failed)


@pytest.mark.parametrize(
    ("means", "met", "failed"), [("agrees", True, False), ("refuses", False, True), ("abstains", True, False)]
)
def test_silence_means_what_the_rule_says_once_it_has_lasted(means: str, met: bool, failed: bool):
    asked = rule("all", silence={"after_days": 5, "means": means})
    last_day_is_over = datetime(2026, 6, 7, tzinfo=timezone.get_current_timezone())
    early, late = (judge(asked, said(A, "-"), at) for at in (last_day_is_over - SECOND, last_day_is_over))
    assert (early.is_met, early.is_failed, late.is_met, late.is_failed) == (False, False, met, failed)


def test_silence_may_last_working_days():
    asked = rule("all", silence={"after_days": 5, "means": "agrees", "counting": "working_days"})
    off, days = {date(2026, 6, 5): False}, [datetime(2026, 6, day, 12, tzinfo=UTC) for day in range(6, 12)]
    assert ASKED.weekday() == 0
    assert [judge(asked, said(A, "-"), at, off).is_met for at in days] == [False] * 4 + [True] * 2
    assert [judge(asked, said(A, "-"), at).is_met for at in days] == [False] * 3 + [True] * 3


def test_how_many_more_must_be_asked_is_told():
    assert judge(rule("all", at_least=3), said(A, C), NOW).short_of == 2


PARTIES = st.lists(
    st.builds(
        Said,
        party=st.integers(0, 9).map("p{}".format),
        asked=st.just(ASKED),
        word=st.sampled_from(["", A, R, C]),
        points=st.none() | st.integers(0, 100),
    ),
    max_size=8,
    unique_by=lambda each: each.party,
)
RULES = st.builds(
    rule,
    st.sampled_from(["all", "any", "quorum", "average"]),
    least=st.integers(1, 5),
    at_least=st.integers(1, 4),
    one_refusal=st.sampled_from(["counts", "blocks"]),
    silence=st.none()
    | st.fixed_dictionaries(
        {"after_days": st.integers(1, 6), "means": st.sampled_from(["agrees", "refuses", "abstains"])}
    ),
)


@given(asked=RULES, parties=PARTIES)
def test_every_party_stands_in_one_place_and_nothing_is_met_and_failed(asked: dict[str, Any], parties: list[Said]):
    standing = judge(asked, parties, NOW)
    placed = [*standing.agreed, *standing.refused, *standing.recused, *standing.silent]
    assert sorted(placed) == sorted(each.party for each in parties)
    assert not (standing.is_met and standing.is_failed)


@given(asked=RULES, parties=PARTIES)
def test_the_order_in_which_they_spoke_is_all_the_same(asked: dict[str, Any], parties: list[Said]):
    one, other = judge(asked, parties, NOW), judge(asked, parties[::-1], NOW)
    assert (one.is_met, one.is_failed, one.mean) == (other.is_met, other.is_failed, other.mean)


@given(asked=RULES, parties=PARTIES, days=st.integers(0, 400))
def test_what_is_settled_stays_settled_while_nobody_speaks(asked: dict[str, Any], parties: list[Said], days: int):
    """Without silence that means something, time alone changes nothing."""
    without = {**asked, "silence": None}
    assert judge(without, parties, NOW) == judge(without, parties, NOW + timedelta(days=days))


@given(asked=RULES, parties=PARTIES)
def test_one_more_agreement_never_turns_what_is_met(asked: dict[str, Any], parties: list[Said]):
    plain = {**asked, "rule": "all" if asked["rule"] == "average" else asked["rule"]}
    if judge(plain, parties, NOW).is_met:
        assert judge(plain, [*parties, Said("new", ASKED, A)], NOW).is_met


def test_a_mean_is_exact():
    assert judge(rule("average", least=60), said("59", "60", "60"), NOW).mean == Fraction(179, 3)
