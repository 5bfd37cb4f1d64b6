"""What is done in the two-way selection."""

from apps.matching.services.adjustments import (
    adjust,
    agree_to_move,
    agree_to_moves,
    balance,
    decline_move,
    withdraw_adjustment,
)
from apps.matching.services.allocation import (
    announce,
    call_off,
    compute,
    confirm,
    discard,
    draw,
    freeze,
    publish,
    reckon,
    supplement,
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
    "agree_to_move",
    "agree_to_moves",
    "announce",
    "balance",
    "call_off",
    "compute",
    "confirm",
    "decline_move",
    "discard",
    "draw",
    "freeze",
    "judge_wishes",
    "publish",
    "reckon",
    "save_wishes",
    "set_industries",
    "submit_wishes",
    "supplement",
    "take_back_wishes",
    "withdraw_adjustment",
]
