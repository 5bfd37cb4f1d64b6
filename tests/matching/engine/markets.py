"""Generated markets as files of the engine have them."""

import json
import random
from collections.abc import Sequence
from typing import Any

Market = dict[str, Any]


def generated(
    people: int,
    groups: int,
    *,
    wishes: tuple[int, int] | None = None,
    seats: float = 1.0,
    floor: float = 0.0,
    right_ties: float = 0.0,
    left_ties: float = 0.0,
    projects: int = 0,
    pinned: int = 0,
    caps: int = 0,
    under_caps: float = 0.7,
    skew: float = 1.5,
    seed: int = 0,
) -> Market:
    """Make a market of popular and unpopular groups.

    `wishes` are the fewest and the most of a person, all without it, drawn evenly at `skew` 1; `seats` the seats for
    each person; `floor` the part of a group's seats to be filled; ties are the chance that a name is tied with the
    one before it; `projects` those of each group; `caps` share out all groups but the last, with `under_caps` of their
    seats.
    """
    draw = random.Random(seed)
    names, rights = [f"p{i}" for i in range(people)], [f"g{j}" for j in range(groups)]
    options = {right: [f"{right}x{k}" for k in range(projects)] or [right] for right in rights}
    owner = {option: right for right, its in options.items() for option in its}
    popular = list(owner)
    lists = {name: _wished(draw, popular, wishes, skew) for name in names}
    seekers: dict[str, dict[str, None]] = {right: {} for right in rights}
    for name, its in lists.items():
        for option in its:
            seekers[owner[option]][name] = None
    made: Market = {"left": {name: tied(draw, its, left_ties) for name, its in lists.items()}, "right": {}}
    for j, right in enumerate(rights):
        order = draw.sample(list(seekers[right]), len(seekers[right]))
        upper = int(people * seats * (j + 1) / groups) - int(people * seats * j / groups)
        made["right"][right] = {"upper": upper, "lower": int(upper * floor), "prefs": tied(draw, order, right_ties)}
    if projects:
        made["projects"] = {
            option: {"owner": right, "upper": -(-made["right"][right]["upper"] // projects)}
            for option, right in owner.items()
        }
    if caps:
        members = {f"c{k}": rights[:-1][k::caps] for k in range(caps)}
        made["caps"] = {cap: _cap(made["right"], its, under_caps) for cap, its in members.items() if its}
    if pinned:
        made["pins"] = _pins(draw, made, names, pinned)
    return made


def _cap(right: Market, members: list[str], share: float) -> Market:
    return {"members": members, "upper": int(sum(right[name]["upper"] for name in members) * share)}


def _wished(draw: random.Random, options: Sequence[str], wishes: tuple[int, int] | None, skew: float) -> list[str]:
    if wishes is None:
        return draw.sample(options, len(options))
    number = min(draw.randint(*wishes), len(options))
    found: dict[str, None] = {}
    while len(found) < number:
        found[options[int(len(options) * draw.random() ** skew)]] = None
    return list(found)


def tied(draw: random.Random, names: Sequence[str], chance: float) -> list[Any]:
    """Tie each name with the one before it by chance."""
    rows: list[list[str]] = []
    for name in names:
        if rows and draw.random() < chance:
            rows[-1].append(name)
        else:
            rows.append([name])
    return [row[0] if len(row) == 1 else row for row in rows]


def _pins(draw: random.Random, made: Market, names: Sequence[str], number: int) -> Market:
    caps = made.get("caps", {})
    room = {name: row["upper"] for part in (made["right"], caps) for name, row in part.items()}
    within = {name: [name] for name in made["right"]}
    for cap, row in caps.items():
        for member in row["members"]:
            within[member].append(cap)
    pins: Market = {}
    for name in draw.sample(list(names), min(number, len(names))):
        free = [right for right, levels in within.items() if all(room[each] for each in levels)]
        if free:
            pins[name] = {"to": draw.choice(free), "reason": "服务期未满"}
            for each in within[pins[name]["to"]]:
                room[each] -= 1
    return pins


def shuffled(market: Market, seed: int) -> Market:
    """Return the same market with its rows, and the names within ties, in another order."""
    draw = random.Random(seed)

    def rows(part: Market) -> Market:
        return dict(draw.sample(list(part.items()), len(part)))

    def names(prefs: list[Any]) -> list[Any]:
        return [draw.sample(each, len(each)) if isinstance(each, list) else each for each in prefs]

    made = {part: rows(its) for part, its in market.items()}
    made["left"] = {name: names(prefs) for name, prefs in made["left"].items()}
    made["right"] = {name: {**row, "prefs": names(row["prefs"])} for name, row in made["right"].items()}
    if "caps" in made:
        made["caps"] = {name: {**row, "members": names([row["members"]])[0]} for name, row in made["caps"].items()}
    return rows(made)


def written(market: Market) -> bytes:
    """Write a market as a file."""
    return json.dumps(market, ensure_ascii=False).encode()
