"""What is done with appointments, agreements and changes within a term."""

from apps.appointments.services.agreements import (
    draft_agreements,
    draw_up_anew,
    file_copy,
    name_party,
    print_copy,
    refuse,
    renew_agreements,
    revise,
    send_out,
    sign,
    tell_moved,
    void,
)
from apps.appointments.services.appointments import (
    draft_notices,
    end_terms,
    name,
    note_services,
    release,
    take_effect,
)
from apps.appointments.services.changes import (
    begin_change,
    carry_out,
    settle,
    tell_changed,
)

__all__ = [
    "begin_change",
    "carry_out",
    "draft_agreements",
    "draft_notices",
    "draw_up_anew",
    "end_terms",
    "file_copy",
    "name",
    "name_party",
    "note_services",
    "print_copy",
    "refuse",
    "release",
    "renew_agreements",
    "revise",
    "send_out",
    "settle",
    "sign",
    "take_effect",
    "tell_changed",
    "tell_moved",
    "void",
]
