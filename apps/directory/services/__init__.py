"""What is done to the directory."""

from apps.directory.services.divisions import load_divisions
from apps.directory.services.people import REVEALABLE, register_person, reveal
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
    "POST_CHANGED",
    "REVEALABLE",
    "SUBSTITUTED",
    "SUBSTITUTION_ENDED",
    "FirstLogin",
    "appoint",
    "end_post",
    "end_substitution",
    "give_post",
    "hand_over",
    "let_in_first",
    "load_divisions",
    "register_person",
    "reveal",
    "substitute",
]
