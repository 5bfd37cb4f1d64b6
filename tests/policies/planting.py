"""Faults planted in copies of packs, and what the check must tell of them."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.policies.packs import SHIPPED, edited, line_with

Fault = tuple[list[tuple[str, str]], list[tuple[str, str, str]]]
"""What is replaced by what; and each fault told, as the words of its line, what is wrong, what to do."""


def run(path: Path) -> list[str]:
    """Check a pack that is at fault and return the lines printed."""
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("policy", "check", str(path), stdout=out)
    assert raised.value.returncode == 1
    return out.getvalue().splitlines()


def assert_told(fault: Fault, folder: Path, of: Path = SHIPPED) -> None:
    """Plant a fault in a copy of a pack and compare all that is told of it."""
    edits, expected = fault
    path = edited(folder, *edits, of=of)
    told = [line.split(": ", 1)[0] + " " + line.split(": ", 2)[2] for line in run(path)]
    wanted = [f"{path}:{line_with(path, words)} {message} — {remedy}" for words, message, remedy in expected]
    assert sorted(told) == sorted(wanted)
