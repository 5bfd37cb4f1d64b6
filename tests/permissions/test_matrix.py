"""The table of permissions holds: every cell is asked for, nothing is left out of it, and it gives nothing away."""

import re
from collections.abc import Collection

import pytest
from django.urls import resolve, reverse

from apps.home.context import TOP
from apps.home.matrix import Row, whole
from tests.permissions.asking import ADDRESSES, Asker, is_number, parts_of
from tests.permissions.watching import Watch
from tests.permissions.world import ABSENT

pytestmark = pytest.mark.django_db
MATRIX = whole()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
NO_THINGS = {"kind", "action", "field", "fact", "wanted", "step"}
"""Parts of an address that name no record: the words of the product itself."""
MAIN = {"pk", "season", "code"}
"""Parts that name the thing itself, not something within it."""
SIGNS_OUT = "home:logout"
"""The one address that only takes a form and is about no thing to which it could lead."""
LEADS_TO = {
    "matching:placement": "matching:placing",
    "matching:placed_person": "matching:placing",
    "notices:notice": "home:seasons",
    "notices:issue": "home:seasons",
    "notices:discard": "home:seasons",
    "writing:form draft": "applications:start",
    "writing:form own_change": "appointments:list",
    "writing:form own_recognition": "recognition:targets",
    "home:record": "home:inbox",
    "home:docket": "home:inbox",
    "recognition:public_targets": "home:front",
}
by_row = pytest.mark.parametrize("row", MATRIX.rows, ids=str)


def things_named(row: Row) -> set[str]:
    """Return the parts of a row's address that name a thing."""
    return parts_of(row.name) - NO_THINGS


def sees(actor: str, thing: str) -> bool:
    """Tell whether a person may open the thing at some address that names it."""
    return any(row.thing == thing and things_named(row) and row.cells[actor] == "ok" for row in MATRIX.rows)


@by_row
def test_everybody_is_answered_as_the_table_says_by_a_page_in_order(asker: Asker, watch: Watch, row: Row):
    answers = {actor.key: asker.word(row, actor.key) for actor in MATRIX.actors}
    assert answers == row.cells, "as answered, in the order of the actors:\t" + "\t".join(answers.values())
    assert watch.faults() == []


@pytest.mark.parametrize("row", [row for row in MATRIX.rows if row.method == "GET"], ids=str)
def test_every_page_is_headed_once_and_leads_up_unless_it_stands_on_top(asker: Asker, row: Row):
    actor = next(actor for actor, cell in row.cells.items() if cell in ("ok", "none"))
    page = asker.ask(row, actor).text
    _, _, menu = page.partition('<nav class="site-menu"')
    stands_on_top = row.name in TOP or f'href="{asker.path(row)}"' in menu.partition("</nav>")[0]
    assert (page.count("<h1"), page.count('class="crumbs"')) == ((1, int(not stands_on_top)) if menu else (0, 0))


@pytest.mark.parametrize(("name", "up"), LEADS_TO.items())
def test_a_page_below_no_entry_leads_to_the_one_that_it_belongs_to(asker: Asker, name: str, up: str):
    pages = [row for row in MATRIX.rows if row.method == "GET"]
    row = next(row for row in pages if f"{row.name} {row.thing} ".startswith(f"{name} "))
    page = asker.ask(row, next(actor for actor, cell in row.cells.items() if cell == "ok")).text
    assert re.findall('class="crumbs"[^>]*><a href="([^"]+)"', page) == [reverse(up)]


def test_every_address_stands_in_the_table_and_no_other():
    assert {row.name for row in MATRIX.rows} == set(ADDRESSES)


def test_no_row_stands_twice_and_each_thing_is_spoken_of():
    keys = [str(row) for row in MATRIX.rows]
    assert sorted(keys) == sorted(set(keys))
    assert {row.thing for row in MATRIX.rows} - {""} <= set(MATRIX.things)
    assert {answer for row in MATRIX.rows for answer in row.cells.values()} == set(MATRIX.answers)


def test_every_part_of_an_address_is_known_to_name_a_thing_or_none():
    words = {part for name in ADDRESSES for part in parts_of(name) if not is_number(name, part)}
    assert words <= set(ABSENT) | NO_THINGS


@pytest.mark.parametrize("name", ADDRESSES)
def test_methods_that_are_not_in_the_table_are_refused_and_who_asks_for_no_page_is_led_to_one(asker: Asker, name: str):
    rows = [row for row in MATRIX.rows if row.name == name]
    row, actor = next((row, actor) for row in rows for actor in asker.world.people if row.cells[actor] == "ok")
    answers = {
        method: asker.send(method, asker.path(row), actor, row.thing)
        for method in METHODS
        if method not in {row.method for row in rows}
    }
    told = answers.pop("OPTIONS")
    assert told.status == 405 or (told.headers["Allow"], told.text)[1] == ""
    if name != SIGNS_OUT and (asked := answers.pop("GET", None)):
        led = resolve(asked.headers["Location"]).view_name
        assert any((row.name, row.method) == (led, "GET") for row in MATRIX.rows), led
    assert {method: reply.status for method, reply in answers.items()} == dict.fromkeys(answers, 405)


@pytest.mark.parametrize("row", [row for row in MATRIX.rows if row.method == "GET"], ids=str)
def test_a_page_asked_for_its_head_alone_is_answered_alike(asker: Asker, row: Row):
    for actor in ("anonymous", next(actor for actor, cell in row.cells.items() if cell in ("ok", "none"))):
        whole, head = asker.ask(row, actor), asker.send("HEAD", asker.path(row), actor, row.thing)
        assert (head.status, head.text) == (whole.status, "")


by_row_of_a_thing = pytest.mark.parametrize("row", [row for row in MATRIX.rows if things_named(row)], ids=str)
ASKED_EVERY_DAY = 6
"""How many actors are sent where nothing is each day, others for each row in turn; all of them in the long run."""


def some_of(row: Row) -> set[str]:
    """Return the actors whose turn it is with a row."""
    actors, first = list(row.cells), ASKED_EVERY_DAY * MATRIX.rows.index(row)
    return {actors[(first + place) % len(actors)] for place in range(ASKED_EVERY_DAY)}


def assert_alike(asker: Asker, row: Row, actors: Collection[str]) -> None:
    """Assert that whoever may not see a thing is answered as where there is none."""
    here = asker.path(row)
    for part in things_named(row):
        nowhere = asker.path(row, absent=part)
        for actor, cell in row.cells.items():
            if cell == "ok" and part in MAIN:
                assert asker.ask(row, actor, nowhere).word in ("404", "login"), actor
            elif cell != "ok" and actor in actors and not sees(actor, row.thing):
                there = asker.ask(row, actor).without(here)
                assert asker.ask(row, actor, nowhere).without(nowhere) == there, (actor, part)


@by_row_of_a_thing
def test_what_is_not_yours_looks_like_what_is_not_there(asker: Asker, row: Row):
    assert_alike(asker, row, some_of(row))


@pytest.mark.long
@by_row_of_a_thing
def test_what_is_not_yours_looks_to_everybody_like_what_is_not_there(asker: Asker, row: Row):
    assert_alike(asker, row, row.cells.keys())
