"""Which characters a text may have: those that have a shape on paper."""

import unicodedata

BREAKS = "\t\r\n"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control, direction and private characters, broken halves of others: none has a shape on paper."""


def has_unseen(text: str, *, in_lines: bool = False) -> bool:
    """Tell whether a text has a character without a shape; one `in_lines` may have breaks."""
    allowed = BREAKS if in_lines else ""
    return any(_is_unseen(character) and character not in allowed for character in text)


def without_unseen(text: str) -> str:
    """Return a text without the characters that have no shape, but with its breaks."""
    return "".join(each for each in text if each in BREAKS or not _is_unseen(each))


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN
