"""What HiGHS and plain counting say: answers to compare with, written without our flows."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

import highspy

from apps.matching.engine.ground import Ground, Person, Rules, Site
from apps.matching.engine.instance import Instance
from tests.matching.engine.markets import Market

Arc = tuple[int, int, int, int, int]
"""Tail, head, least, most, cost."""


def cheapest_flow(nodes: int, arcs: Sequence[Arc], supply: dict[int, int]) -> int | None:
    """Return the least cost of a flow by linear programming, None where there is none."""
    model = _silent()
    flows = [model.addVariable(lb=least, ub=most, obj=cost) for _, _, least, most, cost in arcs]
    for node in range(nodes):
        out = [flow for (tail, _, *_), flow in zip(arcs, flows, strict=True) if tail == node]
        into = [flow for (_, head, *_), flow in zip(arcs, flows, strict=True) if head == node]
        if out or into:
            model.addConstr(model.qsum(out) - model.qsum(into) == supply.get(node, 0))
        elif supply.get(node, 0):
            return None
    return _solved(model)


class AssigningProgram:
    """Everybody at one of his wishes or nowhere, within all seats, as a linear program; its corners are whole.

    For markets without projects and pins.
    """

    def __init__(self, market: Market) -> None:
        self.market, self.model = market, _silent()
        listed = {name: {person for entry in row["prefs"] for person in _tied(entry)} for name, row in _rights(market)}
        self.inside: dict[str, list[highspy.highs.highs_var]] = {name: [] for name in listed}
        for person, its in market["left"].items():
            wished = [name for entry in its for name in _tied(entry) if person in listed[name]]
            flags = {name: self.model.addVariable(lb=0, ub=1) for name in wished}
            self.model.addConstr(self.model.qsum(list(flags.values())) <= 1)
            for name, flag in flags.items():
                self.inside[name].append(flag)
        for name, row in _rights(market):
            self.model.addConstr(self.model.qsum(self.inside[name]) <= row["upper"])

    def least_shortage(self) -> int:
        """Return how many seats below the floors stay empty at least."""
        missing = {name: self.model.addVariable(lb=0) for name in self.inside}
        for name, row in _rights(self.market):
            self.model.addConstr(self.model.qsum(self.inside[name]) + missing[name] >= row.get("lower", 0))
        self.model.minimize(self.model.qsum(list(missing.values())))
        return round(self.model.getObjectiveValue())


def _rights(market: Market) -> Iterable[tuple[str, Any]]:
    return market["right"].items()


def _tied(entry: Any) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry)


def assignments(instance: Instance) -> Iterator[dict[str, str]]:
    """Yield every assignment within wishes, seats and pins, as person and option; for small markets."""
    pins = {name: pin.to for name, pin in instance.pins.items()}
    free = sorted(instance.left.keys() - pins)
    choices = [[None, *(option for tier in instance.left[name] for option in tier)] for name in free]
    for chosen in product(*choices):
        found = pins | {name: option for name, option in zip(free, chosen, strict=True) if option is not None}
        rooms = [(name, project.upper) for name, project in instance.projects.items()]
        if all(sum(option == name for option in found.values()) <= room for name, room in rooms) and all(
            held(instance, found.values(), *names) <= upper for names, upper in _limits(instance)
        ):
            yield found


def _limits(instance: Instance) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the rights, one or those under a cap, that together hold so many at most."""
    yield from (((name,), right.upper) for name, right in instance.right.items())
    yield from ((cap.members, cap.upper) for cap in instance.caps.values())


def held(instance: Instance, options: Iterable[str | None], *rights: str) -> int:
    """Count the options that lie in some rights."""
    return sum(option is not None and instance.owner(option) in rights for option in options)


def missing(instance: Instance, options: Sequence[str | None]) -> dict[str, int]:
    """Return for each right how many people its floor still asks for."""
    return {name: max(0, right.lower - held(instance, options, name)) for name, right in instance.right.items()}


def worth(person: Person, site: Site, name: str, rules: Rules) -> int:
    """Return what a pair is worth, by the words of the rules."""
    scales = [scale for industry, scale in site.industries.items() if industry in person.industries]
    return rules.fit * max(scales, default=0) + rules.had * (name in person.had) - rules.travel * distance(person, site)


def distance(person: Person, site: Site) -> int:
    """Return the distance of two points in whole units."""
    if person.at is None or site.at is None:
        return 0
    (x, y), (u, v) = person.at, site.at
    return math.isqrt((x - u) ** 2 + (y - v) ** 2)


class PlacingProgram:
    """The placement of a group as an integer program, solved aim after aim, each aim fixed before the next."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.model = ground, _silent()
        rules, model = ground.rules, self.model
        self.pairs = {pair: model.addBinary() for pair in self._allowed()}
        fixed = {(name, site) for name, person in ground.people.items() for site in person.fixed}
        for pair in fixed:
            model.addConstr(self.pairs[pair] == 1)
        self.open = [pair for pair in self.pairs if pair not in fixed]
        due = [s for s, site in ground.sites.items() if site.needed and s not in {site for _, site in fixed}]
        self.bare = {site: model.addBinary() for site in due}
        self.idle = {name: model.addBinary() for name in ground.people}
        self.further = {name: model.addVariable(lb=0) for name in ground.people}
        for name in ground.people:
            its = model.qsum([flag for (person, _), flag in self.pairs.items() if person == name])
            model.addConstr(its <= rules.most)
            model.addConstr(its + self.idle[name] >= 1)
            model.addConstr(self.further[name] - its >= -1)
        for name, site in ground.sites.items():
            its = [flag for (_, at), flag in self.pairs.items() if at == name]
            model.addConstr(model.qsum(its) <= (len(its) if site.most is None else site.most))
        self.worth = {(p, s): worth(ground.people[p], ground.sites[s], s, rules) for p, s in self.pairs}

    def answer(self) -> tuple[int, int, int | None, int]:
        """Return uncovered sites, people without a site, the worst worth of a covered site, the sum."""
        self._cover(-math.inf)
        uncovered = self._least(self.bare.values())
        idle = self._least(self.idle.values())
        worst = self._highest_floor() if len(self.bare) > uncovered else None
        total = self.model.qsum([self.worth[pair] * flag for pair, flag in self.pairs.items()])
        cost = self.model.qsum([self.ground.rules.further * extra for extra in self.further.values()])
        self.model.maximize(total - cost)
        return uncovered, idle, worst, round(self.model.getObjectiveValue())

    def _allowed(self) -> Iterator[tuple[str, str]]:
        farthest = self.ground.rules.farthest
        for (name, person), (at, site) in product(self.ground.people.items(), self.ground.sites.items()):
            near = farthest is None or distance(person, site) <= farthest
            if at in person.fixed or (near and at not in person.never):
                yield name, at

    def _cover(self, floor: float) -> list[highspy.highs.highs_cons]:
        served = {site: [p for p in self.open if p[1] == site and self.worth[p] >= floor] for site in self.bare}
        return [
            self.model.addConstr(self.bare[site] + self.model.qsum([self.pairs[pair] for pair in its]) >= 1)
            for site, its in served.items()
        ]

    def _least(self, flags: Iterable[highspy.highs.highs_var]) -> int:
        number = self.model.qsum(list(flags))
        self.model.minimize(number)
        found = round(self.model.getObjectiveValue())
        self.model.addConstr(number <= found)
        return found

    def _highest_floor(self) -> int:
        for floor in sorted({self.worth[pair] for pair in self.open if pair[1] in self.bare}, reverse=True):
            rows = self._cover(floor)
            self.model.minimize(self.model.qsum(list(self.idle.values())))
            if self.model.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                return floor
            for row in reversed(rows):
                self.model.removeConstr(row)
        raise AssertionError("the lowest floor is no floor")


def _silent() -> highspy.Highs:
    model = highspy.Highs()
    model.silent()
    model.setOptionValue("threads", 1)
    return model


def _solved(model: highspy.Highs) -> int | None:
    model.run()
    is_solved = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return round(model.getObjectiveValue()) if is_solved else None
