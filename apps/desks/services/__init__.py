"""The acts of the walk, whatever the process, and the dockets by which records are decided together."""

from apps.desks.services.acts import (
    announce,
    ask,
    decide_many,
    give_verdict,
    grounded,
    lapse,
    note_reminded,
    open_paper,
    pass_notice,
    pass_up,
    recall,
    reject,
    reopen,
    send_back,
    withdraw,
)
from apps.desks.services.dockets import close_docket, discard_docket, draw_up, note_decision, put_on, take_off, write_up
from apps.desks.services.urging import URGED, urge

__all__ = [
    "URGED",
    "announce",
    "ask",
    "close_docket",
    "decide_many",
    "discard_docket",
    "draw_up",
    "give_verdict",
    "grounded",
    "lapse",
    "note_decision",
    "note_reminded",
    "open_paper",
    "pass_notice",
    "pass_up",
    "put_on",
    "recall",
    "reject",
    "reopen",
    "send_back",
    "take_off",
    "urge",
    "withdraw",
    "write_up",
]
