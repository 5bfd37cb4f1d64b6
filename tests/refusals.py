"""What an act was refused with: each refusal says why and what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.refusals import Refusal, Refused


def refusal_in(refused: pytest.ExceptionInfo[Refused]) -> Refusal:
    """Return the one refusal that was caught; it has a reason and a remedy."""
    (refusal,) = refused.value.refusals
    assert refusal.reason
    assert refusal.remedy
    return refusal


def code_in(refused: pytest.ExceptionInfo[Refused]) -> str:
    """Return the code of the one refusal that was caught."""
    return refusal_in(refused).code


def refusal_of(act: Callable[..., Any], *args: Any, **given: Any) -> Refusal:
    """Return the one refusal with which an act ends."""
    with pytest.raises(Refused) as refused:
        act(*args, **given)
    return refusal_in(refused)


def code_of(act: Callable[..., Any], *args: Any, **given: Any) -> str:
    """Return the code of the one refusal with which an act ends."""
    return refusal_of(act, *args, **given).code


def outcome_of(act: Callable[..., Any], *args: Any, **given: Any) -> str:
    """Return `done`, or the code of the refusal with which an act ends."""
    try:
        act(*args, **given)
    except Refused as refused:
        return refused.refusals[0].code
    return "done"
