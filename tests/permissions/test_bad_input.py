"""Whatever is sent to whatever address: never a fault of ours, a clear message, and nothing done that was refused.

Every day with the worst of it; with all of it, each entry by itself, and what no browser sends, in the long run.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from html import escape
from html.parser import HTMLParser
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.files import File
from django.urls import reverse

from apps.home.matrix import Row, whole
from tests.permissions.asking import ADDRESSES, Asker, Reply, is_number, parts_of
from tests.permissions.bodies import picture

pytestmark = pytest.mark.django_db
MATRIX = whole()
LONGEST = 1_000_000
EVIL = {
    "nothing": "",
    "NUL": "韦\x00测试",
    "4 bytes": "𠮷𡃁😀",
    "bidi": "韦\u202e\u2066测试\u200f",
    "long": "a" * LONGEST,
    "huge": "9" * 20,
    "longer than a number may be": "9" * 5_000,
    "below zero": "-1",
    "no number": "1e309",
    "markup": "<script>alert(1)</script>'\"&",
    "path": "../../../etc/passwd",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
}
FAR = ("first day", "last day")
ALONE = ("nothing", "NUL", "bidi", "huge", "markup", "path", *FAR)
"""What is tried in each entry by itself, the others being in order."""
IN_ADDRESSES = {name: text for name, text in EVIL.items() if name not in ("nothing", "long")} | {"long": "a" * 10_000}
WORST = {name: EVIL[name] for name in ("NUL", "long", "huge", "markup", "first day", "last day")}
WORST_IN_ADDRESSES = {name: IN_ADDRESSES[name] for name in ("NUL", "huge", "markup", "first day", "last day")}
ALWAYS_TRIED = {"page", "sort", "tab", "q", "export", "city", "kind", "next", "token"}
NO_WORDS = {"home:login", "home:password", "matching:write", "matching:autosave", "writing:attach", "writing:detach"}
"""Where what is sent is a secret, chosen from a list, or asked for by nobody."""
KEPT_OR_CLEANED = {"writing:autosave", "home:urge", "home:draw_up"}
"""Where words are kept as they are typed and judged when they are handed in, or taken without such characters."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TOO_MANY, TOO_LARGE = 2_001, 3_000_000
FORM = "application/x-www-form-urlencoded"
BROKEN = {
    "JSON": ('{"opinion": "同意"}', "application/json"),
    "JSON that is none": ('{"opinion": ', "application/json"),
    "plain text": ("同意", "text/plain"),
    "no type": ("同意", ""),
    "multipart without a boundary": ("同意", "multipart/form-data"),
    "multipart of one strange boundary": ("同意", "multipart/form-data; boundary=" + "x" * 500),
    "multipart cut short": (
        '--b\r\nContent-Disposition: form-data; name="opinion"\r\n\r\n同', "multipart/form-data; boundary=b",
    ),
    "multipart that lies": (
        '--b\r\nContent-Disposition: form-data; name="x"; filename="a\x00\u202egpj.exe"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n***\r\n--b--\r\n", "multipart/form-data; boundary=b",
    ),
    "a strange character set": ("opinion=%D5%C5", f"{FORM}; charset=utf-16"),
    "an unknown character set": ("opinion=%D5%C5", f"{FORM}; charset=nonsense"),
    "bytes that are no text": ("opinion=%FF%FE%00%ED%A0%80", FORM),
    "lone marks": ("&&==&%&%%&=%", FORM),
}  # fmt: skip


def first_of_each(method: str) -> list[Row]:
    """Return one row of each address that takes a method."""
    rows = [row for row in MATRIX.rows if row.method == method and "ok" in row.cells.values()]
    return list({row.address: row for row in reversed(rows)}.values())[::-1]


by_page = pytest.mark.parametrize("row", first_of_each("GET"), ids=str)
by_form = pytest.mark.parametrize("row", first_of_each("POST"), ids=str)
by_place = pytest.mark.parametrize(
    "row", [row for method in ("GET", "POST") for row in first_of_each(method) if parts_of(row.name)], ids=str
)


class Entries(HTMLParser):
    """The names of all entries of a page's forms, of those into which text is typed to be sent, and of days."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.typed: set[str] = set()
        self.days: set[str] = set()
        self._is_sent = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = dict(attributes)
        name = has.get("name")
        if tag == "form":
            self._is_sent = has.get("method") == "post"
        if name and tag in ("input", "select", "textarea", "button"):
            self.names.add(name)
        if name and self._is_sent and (tag == "textarea" or (tag == "input" and has.get("type", "text") == "text")):
            self.typed.add(name)
        if name and has.get("type") == "date":
            self.days.add(name)


def answered(row: Row) -> str:
    """Return who is let in at a row, before all a person with many rights."""
    let_in = [actor for actor, cell in row.cells.items() if cell == "ok"]
    return next((actor for actor in ("office", "county") if actor in let_in), let_in[-1])


def clear(reply: Reply) -> bool:
    """Tell whether an answer that refuses says so in words, and did nothing."""
    if reply.status < 400:
        return True
    words = bool(CHINESE.search(reply.text)) or (reply.status == 405 and "Allow" in reply.headers)
    return reply.status < 500 and words and reply.acts == 0 and "Traceback" not in reply.text


def bad(replies: Iterator[tuple[str, Reply]]) -> dict[str, int]:
    """Return the answers that are not as they should be."""
    return {name: reply.status for name, reply in replies if not clear(reply)}


def crooked_paths(asker: Asker, row: Row) -> Iterator[tuple[str, str]]:
    """Yield the address of a row with one part made strange."""
    known = {**asker.world.things.get(row.thing, {}), **row.given}
    for part in sorted(parts_of(row.name)):
        number = is_number(row.name, part)
        spare = 111_222_333_444 if number else "spare-part"
        path = reverse(row.name, kwargs={name: known[name] for name in parts_of(row.name)} | {part: spare})
        for name, text in IN_ADDRESSES.items():
            if not number or text.isdecimal():
                yield f"{part}: {name}", path.replace(str(spare), quote(text, safe=""))
        yield f"{part}: no text", path.replace(str(spare), "%FF%FE")


@by_place
def test_strange_addresses_are_answered_in_words(asker: Asker, row: Row):
    data = asker.body(row)
    paths = list(crooked_paths(asker, row))
    actor = answered(row)
    assert bad((name, asker.send(row.method, path, actor, row.thing, data=data)) for name, path in paths) == {}


def badly_answered(asker: Asker, row: Row, tried: Callable[[Entries], dict[str, str]]) -> dict[str, int]:
    """Ask for the page of a row with strange parameters, and return what was answered without a clear word."""
    actor, path = answered(row), asker.path(row)
    page = Entries(asker.ask(row, actor).text)
    return bad((how, asker.send("GET", f"{path}?{query}", actor, row.thing)) for how, query in tried(page).items())


def in_all(page: Entries, texts: Mapping[str, str] = WORST_IN_ADDRESSES) -> dict[str, str]:
    """Return queries in which all parameters are strange, and such of one far day alone."""
    names = sorted(page.names | ALWAYS_TRIED)
    return {how: urlencode(dict.fromkeys(names, text)) for how, text in texts.items()} | alone(page.days, FAR)


def alone(names: Collection[str], ways: Collection[str]) -> dict[str, str]:
    """Return queries of one strange parameter each."""
    return {f"{each} {how}": urlencode({each: EVIL[how]}) for each in sorted(names) for how in ways}


def in_each(page: Entries) -> dict[str, str]:
    """Return queries in which all parameters are strange in every way, and such of one parameter alone."""
    return in_all(page, IN_ADDRESSES) | alone(page.names | ALWAYS_TRIED, ALONE)


@by_page
def test_strange_parameters_are_answered_in_words(asker: Asker, row: Row):
    assert badly_answered(asker, row, in_all) == {}


@pytest.mark.long
@by_page
def test_each_strange_parameter_is_answered_in_words(asker: Asker, row: Row):
    assert badly_answered(asker, row, in_each) == {}


Forms = Iterator[tuple[str, dict[str, Any]]]


def all_changed(
    body: dict[str, Any], entries: Collection[str], page: Entries, texts: Mapping[str, str] = WORST
) -> Forms:
    """Yield a form with all entries made strange but for its token, one without, and those of one far day alone."""
    tokens = {key: text for key, text in body.items() if key == "token"}
    for name, text in texts.items():
        yield f"all but tokens {name}", dict.fromkeys(entries, text) | tokens
    yield "all", dict.fromkeys(entries, EVIL["markup"])
    for entry, name in product(sorted(page.days), FAR):
        yield f"{entry} {name}", {**body, entry: EVIL[name]}


def each_changed(body: dict[str, Any], entries: Collection[str], page: Entries) -> Forms:
    """Yield a form with all entries made strange in every way, and one that is in order but for one entry."""
    yield from all_changed(body, entries, page, EVIL)
    for entry in entries:
        for name in ALONE:
            yield f"{entry} {name}", {**body, entry: EVIL[name]}
    for entry in body:
        yield f"{entry} left out", {key: text for key, text in body.items() if key != entry}
        yield f"{entry} twice", {**body, entry: ["9", "韦"]}
        yield f"{entry} as a file", {**body, entry: picture()}


def mixed(body: dict[str, Any], entries: Collection[str], page: Entries) -> Forms:
    """Yield a form in order but for its texts, odd and then too long, and one in which nothing is in order."""
    tokens = {key: text for key, text in body.items() if key == "token"}
    for name, text in {"odd": EVIL["4 bytes"] + EVIL["bidi"], "long": EVIL["long"]}.items():
        yield f"texts {name}", body | dict.fromkeys(page.typed, text)
    yield "all", {key: EVIL["NUL" if key in page.typed else "huge"] for key in entries} | tokens
    yield "NUL", dict.fromkeys(entries, EVIL["NUL"]) | tokens


def lost(reply: Reply, sent: dict[str, Any], typed: set[str]) -> set[str]:
    """Return the entries of text that a form asked for again no longer shows."""
    texts = {key: text for key, text in sent.items() if key in typed and isinstance(text, str)}
    if reply.status != 422:
        return set()
    return {key for key, text in texts.items() if text.isprintable() and escape(text.strip()) not in reply.text}


def takes_far_day(page: Entries, sent: Mapping[str, Any], reply: Reply) -> bool:
    """Tell whether something was done on a day on which nobody lives."""
    return reply.acts > 0 and any(sent.get(day) in [EVIL[name] for name in FAR] for day in page.days)


def wrongly_answered(asker: Asker, row: Row, change: Callable[..., Forms]) -> dict[str, object]:
    """Send the changed forms of a row, and return what was answered without a clear word, or lost what was typed."""
    actor, path = answered(row), asker.path(row)
    page = Entries(asker.send("GET", path, actor, row.thing).text)
    body = asker.body(row)
    entries = sorted(set(body) | page.names - {"csrfmiddlewaretoken"})
    wrong: dict[str, object] = {}
    texts = {key: text for key, text in body.items() if not isinstance(text, File)}
    for name, data in change(texts, entries, page):
        reply = asker.send("POST", path, actor, row.thing, data=data)
        if not clear(reply) or lost(reply, data, page.typed) or takes_far_day(page, data, reply):
            wrong[name] = (reply.status, lost(reply, data, page.typed))
    return wrong


@by_form
def test_strange_entries_are_answered_in_words_and_what_was_typed_is_kept(asker: Asker, row: Row):
    assert wrongly_answered(asker, row, all_changed) == {}


@by_form
def test_words_with_a_character_that_nobody_sees_are_refused(asker: Asker, row: Row):
    body = asker.body(row)
    spoilt = {key: f"{text}\u202e" for key, text in body.items() if isinstance(text, str) and CHINESE.search(text)}
    is_confirmed = row.given.get("action") in ("withdraw", "recall")
    if spoilt and not is_confirmed and row.name not in NO_WORDS | KEPT_OR_CLEANED:
        reply = asker.send("POST", asker.path(row), answered(row), row.thing, data=body | spoilt)
        assert ("不可见或无法印出的字符" in reply.text, reply.acts) == (True, 0)


@pytest.mark.postgres
def test_strange_texts_and_numbers_reach_no_column_of_postgresql(asker: Asker):
    """It refuses what SQLite keeps: NUL, texts longer than their columns, numbers out of range. All in one pass."""
    query = urlencode({name: EVIL["huge" if name in ("page", "city") else "NUL"] for name in ALWAYS_TRIED})
    pages = (
        (str(row), asker.send("GET", f"{asker.path(row)}?{query}", answered(row), row.thing))
        for row in first_of_each("GET")
    )
    assert bad(pages) == {}
    forms = {str(row): wrongly_answered(asker, row, mixed) for row in first_of_each("POST")}
    assert {name: wrong for name, wrong in forms.items() if wrong} == {}


@pytest.mark.long
@by_form
def test_each_strange_entry_is_answered_in_words_and_what_was_typed_beside_it_is_kept(asker: Asker, row: Row):
    assert wrongly_answered(asker, row, each_changed) == {}


@pytest.mark.long
@by_form
def test_entries_that_nobody_asked_for_change_nothing(asker: Asker, row: Row):
    actor = answered(row)
    more = {"is_superuser": "1", "state": "passed", "version": "9", "pk": "1", "__proto__": "x", "person": "1"}
    usual = asker.ask(row, actor)
    odd = asker.send("POST", asker.path(row), actor, row.thing, data={**more, **asker.body(row)})
    assert (odd.status, odd.acts) == (usual.status, usual.acts)


@pytest.mark.long
@by_form
def test_bodies_that_are_no_form_are_answered_in_words(asker: Asker, row: Row):
    actor, path = answered(row), asker.path(row)
    bodies = {**BROKEN, "its own form as JSON": (json.dumps(asker.body(row), default=str), "application/json")}
    replies = (
        (name, asker.send("POST", path, actor, row.thing, data=body.encode(), content_type=kind))
        for name, (body, kind) in bodies.items()
    )
    assert bad(replies) == {}


@pytest.mark.long
@by_form
def test_forms_that_are_too_large_are_answered_in_words_and_do_nothing(asker: Asker, row: Row):
    actor, path = answered(row), asker.path(row)
    bodies = {"many": urlencode({f"f{n}": n for n in range(TOO_MANY)}), "large": "opinion=" + "a" * TOO_LARGE}
    replies = {
        name: asker.send("POST", path, actor, row.thing, data=body, content_type=FORM) for name, body in bodies.items()
    }
    assert {name: (reply.status, reply.acts, clear(reply)) for name, reply in replies.items()} == dict.fromkeys(
        bodies, (400, 0, True)
    )


@by_form
def test_a_form_without_its_protection_does_nothing(asker: Asker, row: Row):
    for headers in ({"X-CSRFToken": ""}, {"X-CSRFToken": "z" * 32}, {"X-CSRFToken": "%00"}):
        reply = asker.send("POST", asker.path(row), answered(row), row.thing, data=asker.body(row), headers=headers)
        assert (reply.status, reply.acts, clear(reply)) == (403, 0, True)


HEADERS = {
    "a strange cookie": {"Cookie": "sessionid=\u0001;csrftoken=%00;elder=%E2%80%AE;messages=nonsense"},
    "a long cookie": {"Cookie": "sessionid=" + "a" * 10_000},
    "a language that is none": {"Accept-Language": "\u0001" * 600},
    "a type that is none": {"Accept": "////;;q=x"},
    "htmx that lies": {"HX-Request": "true", "HX-Current-URL": "http://[", "HX-Target": "%E2%80%AE"},
    "a range beyond the end": {"Range": "bytes=9999999999-"},
    "a day that is none": {"If-Modified-Since": "yesterday", "If-None-Match": "*"},
}


@pytest.mark.long
@pytest.mark.parametrize("name", ADDRESSES)
def test_strange_headers_are_answered_in_words(asker: Asker, name: str):
    row = next(row for row in MATRIX.rows if row.name == name)
    actor, path = answered(row), asker.path(row)
    assert bad((how, asker.send("GET", path, actor, row.thing, headers=sent)) for how, sent in HEADERS.items()) == {}
