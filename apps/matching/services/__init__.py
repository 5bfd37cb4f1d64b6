"""What is done in the two-way selection."""

from apps.matching.services.allocation import (
    adjust,
    announce,
    answer_consent,
    balance,
    compute,
    confirm,
    discard,
    draw,
    freeze,
    publish,
    withdraw_adjustment,
)
from apps.matching.services.wishes import (
    Named,
    admit,
    judge_wishes,
    save_wishes,
    set_industries,
    submit_wishes,
    take_back_wishes,
)

__all__ = [
    "Named",
    "adjust",
    "admit",
    "announce",
    "answer_consent",
    "balance",
    "compute",
    "confirm",
    "discard",
    "draw",
    "freeze",
    "judge_wishes",
    "publish",
    "save_wishes",
    "set_industries",
    "submit_wishes",
    "take_back_wishes",
    "withdraw_adjustment",
]
