"""What is done with notices, public lists, documents and messages."""

from apps.notices.services.announcements import correct_announcement, publish_announcement, withdraw_announcement
from apps.notices.services.documents import (
    WantedDocument,
    discard,
    draft,
    issue,
    make_documents,
    print_and_issue,
    print_documents,
    print_draft,
    void_documents,
)
from apps.notices.services.lists import LISTED, announce, end_lists, tell_listed
from apps.notices.services.overdue import Reminded, remind_overdue, tell_urged
from apps.notices.services.reminders import (
    mark_read,
    remind_counties,
    remind_writers,
    tell_login,
    tell_post,
    tell_substitution,
    tell_window_moved,
)

__all__ = [
    "LISTED",
    "Reminded",
    "WantedDocument",
    "announce",
    "correct_announcement",
    "discard",
    "draft",
    "end_lists",
    "issue",
    "make_documents",
    "mark_read",
    "print_and_issue",
    "print_documents",
    "print_draft",
    "publish_announcement",
    "remind_counties",
    "remind_overdue",
    "remind_writers",
    "tell_listed",
    "tell_login",
    "tell_post",
    "tell_substitution",
    "tell_urged",
    "tell_window_moved",
    "void_documents",
    "withdraw_announcement",
]
