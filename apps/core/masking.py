"""How personal data looks where it need not be read in full, and whether a text gives any away."""

import re

from stdnum.cn import ric

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ -](?=[\dXx])")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def mask_number(text: str, head: int = 3, tail: int = 4) -> str:
    """Return a phone or identity number with its middle hidden; one too short to keep an end is hidden whole."""
    hidden = len(text) - head - tail
    return f"{text[:head]}{'*' * hidden}{text[-tail:]}" if hidden > 0 else "*" * len(text)


def mask_name(text: str) -> str:
    """Return a name with all but its first character hidden."""
    return text[:1] + "*" * max(0, len(text) - 1)


def personal_number_in(text: str) -> str:
    """Name the sort of a number in a text that belongs to one person alone, empty where there is none."""
    plain = _BETWEEN_DIGITS.sub("", text)
    if any(ric.is_valid(found) for found in _IDENTITY.findall(plain)):
        return "身份证号码"
    return "手机号码" if _MOBILE.search(plain) else ""
