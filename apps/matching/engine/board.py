"""One group as arrays: which pairs of person and site may be, which are fixed, what each is worth."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.ground import Ground, Person, Point, Site
from apps.matching.engine.network import Numbers

Flags = NDArray[np.bool_]


class Board:
    """People in rows and sites in columns, each in the order of their names.

    `open` are the pairs that may still be made, `who` and `where` their rows and columns, `values` their worth;
    `due` are the sites that must be covered and are not by what is fixed; `seats` and `room` are what is left.
    """

    def __init__(self, ground: Ground) -> None:
        self.people, self.sites = sorted(ground.people), sorted(ground.sites)
        people = [ground.people[name] for name in self.people]
        sites = [ground.sites[name] for name in self.sites]
        rules = ground.rules
        self.most, self.further = rules.most, rules.further
        distance = _distances(people, sites)
        self.worth = rules.fit * _fit(people, sites) + rules.had * self._listed([each.had for each in people])
        self.worth -= rules.travel * distance
        self.fixed = self._listed([each.fixed for each in people])
        self.seats: Numbers = rules.most - self.fixed.sum(axis=1)
        room = [len(people) + 1 if site.most is None else site.most for site in sites]
        self.room: Numbers = np.array(room, np.int64) - self.fixed.sum(axis=0)
        self.due: Flags = np.array([site.needed for site in sites], bool) & ~self.fixed.any(axis=0)
        self.open = ~self.fixed & ~self._listed([each.never for each in people])
        self.open &= (self.seats > 0)[:, None] & (self.room > 0)
        if rules.farthest is not None:
            self.open &= distance <= rules.farthest
        self.who, self.where = np.nonzero(self.open)
        self.values: Numbers = self.worth[self.who, self.where]

    def total(self, taken: Flags) -> int:
        """Return the sum of worth of pairs, less what each site of a person beyond the first costs."""
        return int(self.worth[taken].sum()) - self.further * int(np.maximum(taken.sum(axis=1) - 1, 0).sum())

    def people_in(self, rows: Flags) -> tuple[str, ...]:
        """Return the people of the rows that are set."""
        return tuple(self.people[row] for row in np.flatnonzero(rows))

    def sites_in(self, columns: Flags) -> tuple[str, ...]:
        """Return the sites of the columns that are set."""
        return tuple(self.sites[column] for column in np.flatnonzero(columns))

    def _listed(self, lists: Sequence[Sequence[str]]) -> Flags:
        """Return the pairs of each person and the sites in his list."""
        column = {name: number for number, name in enumerate(self.sites)}
        flags = np.zeros((len(self.people), len(self.sites)), bool)
        for row, names in enumerate(lists):
            flags[row, [column[name] for name in names]] = True
        return flags


def _fit(people: Sequence[Person], sites: Sequence[Site]) -> Numbers:
    """Return the largest scale of an industry that person and site have in common, 0 where there is none."""
    scales: dict[str, Numbers] = {}
    for column, site in enumerate(sites):
        for industry, scale in site.industries.items():
            scales.setdefault(industry, np.zeros(len(sites), np.int64))[column] = scale
    fit = np.zeros((len(people), len(sites)), np.int64)
    for row, person in enumerate(people):
        for industry in scales.keys() & set(person.industries):
            np.maximum(fit[row], scales[industry], out=fit[row])
    return fit


def _distances(people: Sequence[Person], sites: Sequence[Site]) -> Numbers:
    """Return the distances in whole units, rounded down; 0 where a position is not known."""
    east, north = (
        _along(axis, [each.at for each in people])[:, None] - _along(axis, [each.at for each in sites])
        for axis in (0, 1)
    )
    return np.nan_to_num(np.floor(np.sqrt(east**2 + north**2))).astype(np.int64)


def _along(axis: int, points: Sequence[Point | None]) -> NDArray[np.float64]:
    return np.array([np.nan if point is None else point[axis] for point in points], np.float64)
