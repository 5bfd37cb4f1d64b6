"""What is done with appointments and agreements."""

from apps.appointments.services.agreements import (
    draft_agreements,
    draw_up_anew,
    file_copy,
    name_party,
    print_copy,
    refuse,
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

__all__ = [
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
    "revise",
    "send_out",
    "sign",
    "take_effect",
    "tell_moved",
    "void",
]
