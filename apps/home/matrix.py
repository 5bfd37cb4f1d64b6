"""The table of permissions: for every address, method and thing named in it, what each person is answered.

`permissions.tsv` is the reviewed text of it. Its lines begin with what they tell: `actor`, `area` and `thing` make the
legend, `answer` the words of the cells; then come the rows, one cell for each actor in the order of the legend. The
tests send a request for every cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("permissions.tsv")
_LEGEND = ("actor", "area", "thing", "answer")


@dataclass(frozen=True)
class Column:
    """One person who asks: the role and the scope are as the screens say them."""

    key: str
    role: str
    scope: str


@dataclass(frozen=True)
class Answer:
    """What a cell may say, in a word and in a sentence."""

    word: str
    meaning: str


@dataclass(frozen=True)
class Row:
    """One address with a method and the thing it is about; `cells` holds an answer for each actor.

    `given` fixes parts of the address that are the same for every thing, such as the action.
    """

    label: str
    name: str
    given: Mapping[str, str]
    method: str
    thing: str
    cells: Mapping[str, str]

    def __str__(self) -> str:
        return " ".join([self.method, self.address, self.thing]).rstrip()

    @property
    def area(self) -> str:
        return self.name.partition(":")[0]

    @property
    def address(self) -> str:
        return " ".join([self.name, *(f"{part}={value}" for part, value in self.given.items())])


@dataclass(frozen=True)
class Line:
    """One row as it is read: what it is about in words, and each actor with the key and the words of his answer.

    `by_answer` says the same the other way round: each answer that is given, with those who are given it in words.
    """

    row: Row
    thing: str
    cells: Sequence[tuple[Column, str, Answer]]
    by_answer: Sequence[tuple[str, Answer, str]]


@dataclass(frozen=True)
class Matrix:
    """The table with its legend."""

    actors: Sequence[Column]
    areas: Mapping[str, str]
    things: Mapping[str, str]
    answers: Mapping[str, Answer]
    rows: Sequence[Row]

    def roles(self) -> list[str]:
        """Return the roles in the order of the columns, each once."""
        return list(dict.fromkeys(actor.role for actor in self.actors))

    def lines(self) -> Iterator[Line]:
        """Yield the rows as they are read."""
        for row in self.rows:
            answers = [(actor, row.cells[actor.key]) for actor in self.actors]
            cells = [(actor, key, self.answers[key]) for actor, key in answers]
            given = [(key, [actor for actor, said in answers if said == key]) for key in self.answers]
            by_answer = [(key, self.answers[key], _named(actors)) for key, actors in given if actors]
            yield Line(row, self.things.get(row.thing, ""), cells, by_answer)

    def of_role(self, role: str) -> "Matrix":
        """Return the table with the columns of one role alone."""
        actors = [actor for actor in self.actors if actor.role == role]
        return replace(self, actors=actors)

    def of_area(self, area: str) -> "Matrix":
        """Return the table with the rows of one area alone."""
        return replace(self, rows=[row for row in self.rows if row.area == area])

    def of_page(self, name: str) -> "Matrix":
        """Return the table with the rows of one address alone."""
        return replace(self, rows=[row for row in self.rows if row.name == name])


def _named(actors: Sequence[Column]) -> str:
    """Name actors, each role once with its scopes."""
    roles = dict.fromkeys(actor.role for actor in actors)
    scopes = {role: "、".join(actor.scope for actor in actors if actor.role == role) for role in roles}
    return "；".join(f"{role}（{scope}）" for role, scope in scopes.items())


@cache
def whole() -> Matrix:
    """Return the table as shipped."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> Matrix:
    """Read the table from its text; raise ValueError naming the line that is none."""
    legend: dict[str, dict[str, tuple[str, ...]]] = {sort: {} for sort in _LEGEND}
    rows: list[Row] = []
    for number, (sort, *fields) in _lines(text):
        if sort in legend:
            legend[sort][fields[0]] = tuple(fields[1:])
        elif sort == "row":
            rows.append(_row(number, fields, legend))
        else:
            raise ValueError(f"line {number}: {sort!r} is none of {', '.join(_LEGEND)}, row")
    return Matrix(
        [Column(key, role, scope) for key, (role, scope) in legend["actor"].items()],
        {key: words for key, (words,) in legend["area"].items()},
        {key: words for key, (words,) in legend["thing"].items()},
        {key: Answer(word, meaning) for key, (word, meaning) in legend["answer"].items()},
        rows,
    )


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line.split("\t")


def _row(number: int, fields: Sequence[str], legend: Mapping[str, Mapping[str, object]]) -> Row:
    label, address, method, thing, *cells = fields
    actors = list(legend["actor"])
    if len(cells) != len(actors) or not set(cells) <= set(legend["answer"]):
        raise ValueError(f"line {number}: {address} has {len(cells)} cells for {len(actors)} actors, or a strange one")
    name, *given = address.split()
    fixed = dict(part.split("=", 1) for part in given)
    row = Row(label, name, fixed, method, thing, dict(zip(actors, cells, strict=True)))
    if row.area not in legend["area"]:
        raise ValueError(f"line {number}: {address} is in no area")
    return row
