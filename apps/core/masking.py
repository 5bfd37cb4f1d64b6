"""How personal data looks where it need not be read in full."""


def mask_number(text: str, head: int = 3, tail: int = 4) -> str:
    """Return a phone or identity number with its middle hidden; one too short to keep an end is hidden whole."""
    hidden = len(text) - head - tail
    return f"{text[:head]}{'*' * hidden}{text[-tail:]}" if hidden > 0 else "*" * len(text)


def mask_name(text: str) -> str:
    """Return a name with all but its first character hidden."""
    return text[:1] + "*" * max(0, len(text) - 1)
