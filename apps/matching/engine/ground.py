"""One group's people and sites, as placing sees them; read strictly, every mistake with its place in the file."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from apps.matching.engine.canonical import encode
from apps.matching.engine.reading import Fault, Malformed, decoded, parse

MOST_WEIGHT = 10**4
MOST_COORDINATE = 10**6

Name = Annotated[str, Field(min_length=1)]
Names = tuple[Name, ...]
Weight = Annotated[int, Field(strict=True, ge=0, le=MOST_WEIGHT)]
Count = Annotated[int, Field(strict=True, ge=1, le=MOST_WEIGHT)]
Coordinate = Annotated[int, Field(strict=True, ge=-MOST_COORDINATE, le=MOST_COORDINATE)]
Point = tuple[Coordinate, Coordinate]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Row):
    """Whom to place: his industries, where he sets out, the sites he had, must have (`fixed`) and may not have."""

    industries: Names = ()
    at: Point | None = None
    had: Names = ()
    fixed: Names = ()
    never: Names = ()


class Site(_Row):
    """A village or a key client: the scale of each of its industries, where it lies, whether it must be covered."""

    industries: dict[Name, Weight] = {}
    at: Point | None = None
    needed: StrictBool = True
    most: Count | None = None
    """No more people than this; None for any number."""


class Rules(_Row):
    """The pack's numbers: sites a person has at most, weights of what a pair is worth, and how far a person may go.

    A pair is worth `fit` × the largest scale of a common industry + `had` where he had the site − `travel` × distance;
    each site of a person beyond the first costs `further`.
    """

    most: Count
    fit: Weight = 0
    had: Weight = 0
    travel: Weight = 0
    further: Weight = 0
    farthest: Annotated[int, Field(strict=True, ge=0, le=3 * MOST_COORDINATE)] | None = None


class Ground(_Row):
    """Everything that decides the placement of one group."""

    people: dict[Name, Person]
    sites: dict[Name, Site]
    rules: Rules

    def canonical(self) -> str:
        """Write it as JSON: one text for one content, in whatever order it came."""
        return encode({part: _in_order(rows) for part, rows in self.model_dump(mode="python").items()})

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def _in_order(value: Any) -> Any:
    """Sort lists of names at any depth; a point is no such list."""
    if isinstance(value, dict):
        return {key: _in_order(each) for key, each in value.items()}
    return sorted(value) if isinstance(value, tuple) and isinstance(next(iter(value), 0), str) else value


def read(raw: bytes) -> Ground:
    """Read a group from the bytes of a file; raise Malformed with all that is wrong."""
    data = parse(decoded(raw))
    if repeated := list(_repeated(data, "")):
        raise Malformed(repeated)
    return of(data)


def of(data: Any) -> Ground:
    """Read a group from parsed JSON; raise Malformed with all that is wrong."""
    try:
        ground = Ground.model_validate(data)
    except ValidationError as error:
        raise Malformed(list(_faults(error))) from error
    if faults := [*_disagreements(ground), *_overfull(ground)]:
        raise Malformed(faults)
    return ground


def _repeated(data: Any, place: str) -> Iterator[Fault]:
    for key in getattr(data, "repeated", ()):
        yield Fault(f"{place}.{key}".lstrip("."), "写了两次", "只留一处")
    for key, value in data.items() if isinstance(data, dict) else ():
        yield from _repeated(value, f"{place}.{key}")


_SAID = {
    "extra_forbidden": ("不认识这一项", "检查拼写，或删去"),
    "missing": ("缺少这一项", "补上"),
    "int_type": ("应为整数", "写不带引号、不带小数的整数"),
    "bool_type": ("应为 true 或 false", "更正"),
    "string_type": ("应为名称", "写成带引号的名称"),
    "string_unicode": ("含不成字的代码", "换一个名称"),
    "string_too_short": ("名称为空", "写上名称"),
    "greater_than_equal": ("数过小", "不小于 {ge}"),
    "less_than_equal": ("数过大", "不大于 {le}"),
    "tuple_type": ("应为名单", "写成 […]"),
    "too_long": ("项数过多", "最多 {max_length} 项"),
    "dict_type": ("应为对象", "写成 {{…}}"),
    "model_type": ("应为对象", "写成 {{…}}"),
}


def _faults(error: ValidationError) -> Iterator[Fault]:
    for found in error.errors(include_url=False, include_input=False):
        what, remedy = _SAID.get(found["type"], (f"值不合要求（{found['msg']}）", "按说明改写"))
        yield Fault(_place(found["loc"]), what, remedy.format(**found.get("ctx", {})))


def _place(where: tuple[int | str, ...]) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where if step != "[key]")
    return steps.lstrip(".") or "文件"


def _disagreements(ground: Ground) -> Iterator[Fault]:
    """Yield what contradicts itself in the lists of a person."""
    for name, person in ground.people.items():
        for key in ("had", "fixed", "never", "industries"):
            listed = getattr(person, key)
            for number, each in enumerate(listed):
                place = f"people.{name}.{key}[{number}]"
                if key != "industries" and each not in ground.sites:
                    yield Fault(place, f"没有名为“{each}”的地点", "改正名称，或先在 sites 补上")
                if each in listed[:number]:
                    yield Fault(place, f"“{each}”已写过", "只留一处")
                if key == "never" and each in person.fixed:
                    yield Fault(place, f"“{each}”同时写在 fixed", "只留一处")


def _overfull(ground: Ground) -> Iterator[Fault]:
    """Yield where more is fixed than there is room for."""
    held = Counter(site for person in ground.people.values() for site in person.fixed)
    for name, person in ground.people.items():
        if len(person.fixed) > ground.rules.most:
            yield Fault(f"people.{name}.fixed", f"多于每人 {ground.rules.most} 个", "减少，或改 rules.most")
    for name, site in ground.sites.items():
        if site.most is not None and held[name] > site.most:
            yield Fault(f"sites.{name}.most", f"只可 {site.most} 人，却已固定 {held[name]} 人", "增加，或减少 fixed")
