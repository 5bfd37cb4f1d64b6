"""What is done to the directory."""

from apps.directory.services.divisions import load_divisions
from apps.directory.services.logins import LOGIN_CHANGED, Issued, make_login, reset_password, switch_login
from apps.directory.services.people import REVEALABLE, correct_file, enter_file, move_person, register_person, reveal
from apps.directory.services.posts import (
    POST_CHANGED,
    FirstLogin,
    appoint,
    end_post,
    give_post,
    hand_over,
    let_in_first,
)
from apps.directory.services.substitutes import SUBSTITUTED, SUBSTITUTION_ENDED, end_substitution, substitute

__all__ = [
    "LOGIN_CHANGED",
    "POST_CHANGED",
    "REVEALABLE",
    "SUBSTITUTED",
    "SUBSTITUTION_ENDED",
    "FirstLogin",
    "Issued",
    "appoint",
    "correct_file",
    "end_post",
    "end_substitution",
    "enter_file",
    "give_post",
    "hand_over",
    "let_in_first",
    "load_divisions",
    "make_login",
    "move_person",
    "register_person",
    "reset_password",
    "reveal",
    "substitute",
    "switch_login",
]
