"""A form's ticket holds for what it was issued for, and not for ever."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing

from apps.core import tokens
from apps.core.refusals import Refused
from tests.factories import AT


def code_of(text: str, kind: str = "application") -> str:
    with pytest.raises(Refused) as refused:
        tokens.read(text, kind)
    (refusal,) = refused.value.refusals
    assert refusal.reason
    assert refusal.remedy
    return refusal.code


def test_a_ticket_tells_which_versions_were_seen_in_their_order():
    token = tokens.read(tokens.issue("application", {7: 3, 2: 1}), "application")
    assert (token.kind, list(token.seen.items())) == ("application", [(7, 3), (2, 1)])


def test_two_tickets_of_one_form_carry_different_keys():
    keys = {tokens.read(tokens.issue("application", {7: 3}), "application").key for _ in range(5)}
    assert len(keys) == 5
    assert {len(key) for key in keys} == {32}


@pytest.mark.parametrize("text", ["", "x", "a:b:c"])
def test_a_forged_ticket_is_refused(text: str):
    assert code_of(text) == "token_invalid"


def test_a_changed_ticket_is_refused():
    text = tokens.issue("application", {7: 3})
    assert code_of(text[:-1] + ("A" if text[-1] != "A" else "B")) == "token_invalid"


def test_a_ticket_signed_for_another_purpose_is_refused():
    data = {"kind": "application", "seen": [[7, 3]], "key": "k"}
    assert code_of(signing.dumps(data, salt="another form")) == "token_invalid"


def test_a_ticket_of_another_kind_of_record_is_refused():
    assert code_of(tokens.issue("season", {7: 3})) == "token_invalid"


def test_a_ticket_older_than_twelve_hours_has_expired():
    with time_machine.travel(AT, tick=False):
        text = tokens.issue("application", {7: 3})
    with time_machine.travel(AT + timedelta(hours=12), tick=False):
        assert tokens.read(text, "application").seen == {7: 3}
    with time_machine.travel(AT + timedelta(hours=12, seconds=2), tick=False):
        assert code_of(text) == "token_expired"
