"""Texts of documents are filled in from a closed list, and nothing typed can fill in more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.policies import wording


def test_placeholders_are_filled_in_as_they_stand():
    assert (
        wording.fill("{year}年度{city}，共{count}人", {"year": 2026, "city": "南宁市", "count": 3})
        == "2026年度南宁市，共3人"
    )


@given(st.text())
def test_what_is_filled_in_is_never_read_again(name: str):
    assert wording.fill("兹聘任{name}同志", {"name": name}) == f"兹聘任{name}同志"


def test_a_placeholder_without_a_value_is_an_error():
    with pytest.raises(KeyError, match="city"):
        wording.fill("{city}", {"year": 2026})


@pytest.mark.parametrize(
    ("template", "found"),
    [("{name}", []), ("{city}{x}", ["city", "x"]), ("{}", [""]), ("{name", ["{"]), ("a}b{", ["}", "{"]), ("", [])],
)
def test_unknown_placeholders_and_lone_braces_are_found(template: str, found: list[str]):
    assert wording.unknown(template, ("name", "unit")) == found


def test_every_document_fills_in_known_placeholders():
    documents = [*wording.PLACEHOLDERS_OF.values(), wording.OF_A_PERSON, wording.OF_A_TEAM]
    assert {name for names in documents for name in names} == set(wording.PLACEHOLDERS)
