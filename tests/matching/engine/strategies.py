"""Small markets of every shape, for Hypothesis."""

from typing import Any

from hypothesis import strategies as st

from tests.matching.engine.markets import Market


@st.composite
def markets(
    draw: st.DrawFn,
    *,
    people: int = 5,
    groups: int = 3,
    projects: bool | None = None,
    caps: bool | None = None,
    left_ties: bool = True,
    right_ties: bool = True,
    pins: bool = True,
    floors: bool = True,
    fewest_seats: int = 0,
    fewest_projects: int = 0,
    one_sided: bool = True,
) -> Market:
    """Draw a market; `projects` and `caps` None leave open whether it has any.

    Where some rights have projects, others may have none: nobody can wish for them.
    """
    names = [f"p{i}" for i in range(draw(st.integers(1, people)))]
    rights = [f"g{j}" for j in range(draw(st.integers(1, groups)))]
    with_projects = draw(st.booleans()) if projects is None else projects
    parts = {right: draw(st.integers(fewest_projects, 2)) if with_projects else 0 for right in rights}
    owner = {f"{right}x{k}": right for right in rights for k in range(parts[right])}
    options = list(owner) or rights
    wishes = {name: draw(st.lists(st.sampled_from(options), unique=True, max_size=4)) for name in names}
    seats = st.integers(fewest_seats, 3)
    made: Market = {"left": {name: draw(tied(its, left_ties)) for name, its in wishes.items()}, "right": {}}
    for right in rights:
        seekers = [name for name, its in wishes.items() if right in {owner.get(option, option) for option in its}]
        listed = draw(st.lists(st.sampled_from(names), unique=True)) if one_sided and draw(st.booleans()) else seekers
        upper = draw(seats)
        row = {"upper": upper, "prefs": draw(tied(draw(st.permutations(listed)), right_ties))}
        made["right"][right] = row | ({"lower": draw(st.integers(0, upper))} if floors else {})
    if owner:
        made["projects"] = {option: {"owner": right, "upper": draw(seats)} for option, right in owner.items()}
    if draw(st.booleans()) if caps is None else caps:
        made["caps"] = _caps(draw, rights)
        _spread(draw, made)
    return made | ({"pins": _pins(draw, made, names)} if pins else {})


def _caps(draw: st.DrawFn, rights: list[str]) -> Market:
    """Draw one or two caps, which leave some rights out."""
    over = {right: draw(st.sampled_from(["c0", "c0", "c1", ""])) for right in rights}
    members = {cap: [right for right in rights if over[right] == cap] for cap in ("c0", "c1")}
    return {cap: {"members": its, "upper": draw(st.integers(0, 4))} for cap, its in members.items() if its}


def _spread(draw: st.DrawFn, made: Market) -> None:
    """Put empty tiers into the lists of rights under caps, so that all sorts of tiers meet there."""
    for cap in made["caps"].values():
        for right in cap["members"]:
            prefs = made["right"][right]["prefs"]
            for place in draw(st.lists(st.integers(0, len(prefs)), max_size=2)):
                prefs.insert(place, [])


def tied(names: list[str], allowed: bool) -> st.SearchStrategy[list[Any]]:
    """Tie some of the names with the one before."""
    if not allowed or len(names) < 2:
        return st.just(list(names))
    flags = st.lists(st.booleans(), min_size=len(names), max_size=len(names))
    return flags.map(lambda ties: _joined(names, ties))


def _joined(names: list[str], ties: list[bool]) -> list[Any]:
    rows: list[list[str]] = []
    for name, is_tied in zip(names, ties, strict=True):
        if rows and is_tied:
            rows[-1].append(name)
        else:
            rows.append([name])
    return [row[0] if len(row) == 1 else row for row in rows]


def _pins(draw: st.DrawFn, made: Market, names: list[str]) -> Market:
    projects, caps = made.get("projects", {}), made.get("caps", {})
    room = {name: row["upper"] for part in (made["right"], projects, caps) for name, row in part.items()}
    over = {right: cap for cap, row in caps.items() for right in row["members"]}
    pins: Market = {}
    for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=2)):
        to = draw(st.sampled_from([*made["right"], *projects]))
        within = {to, owner := projects[to]["owner"] if to in projects else to, over.get(owner, owner)}
        if all(room[each] for each in within):
            pins[name] = {"to": to, "reason": "服务期未满"}
            for each in within:
                room[each] -= 1
    return pins
