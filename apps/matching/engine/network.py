"""Largest and cheapest flows through a network of numbered nodes; the arithmetic is OR-Tools'.

The same arcs in the same order give the same flow, so callers number their nodes and add their arcs in an order that
does not depend on the input's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ortools.graph.python.max_flow import SimpleMaxFlow
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

Numbers = NDArray[np.int64]


class FlowError(ArithmeticError):
    """The network or its numbers are beyond what can be computed; the text says what happened."""


@dataclass(frozen=True)
class Largest:
    """A largest flow: its value, the flow of every arc, and the nodes on the sink's side of a least cut."""

    value: int
    flows: Numbers
    behind: frozenset[int]


class Network:
    """Arcs between nodes 0 … `nodes` − 1, each with the least and the most that may flow, and the cost of one unit."""

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self._arcs = np.empty((5, 0), np.int64)

    def add(
        self,
        tails: ArrayLike,
        heads: ArrayLike,
        *,
        most: ArrayLike,
        least: ArrayLike = 0,
        cost: ArrayLike = 0,
    ) -> slice:
        """Add arcs in bulk, each operand one number or one per arc; return where their flows will stand."""
        rows = [np.atleast_1d(np.asarray(row, np.int64)) for row in (tails, heads, least, most, cost)]
        arcs = np.stack(np.broadcast_arrays(*rows))
        if (arcs[:3] < 0).any() or (arcs[:2] >= self.nodes).any():
            raise FlowError("an arc leaves the network, or the least that it must carry is negative")
        if (arcs[2] > arcs[3]).any():
            raise FlowError("an arc must carry more than it may")
        before = self._arcs.shape[1]
        self._arcs = np.concatenate([self._arcs, arcs], axis=1)
        return slice(before, before + arcs.shape[1])

    def largest(self, source: int, sink: int) -> Largest:
        """Send as much as possible from source to sink; what arcs must carry at least is not asked here."""
        tails, heads, _, most, _ = self._arcs
        value, flows, solver = _most_through(tails, heads, most, source, sink)
        return Largest(value, flows, frozenset(solver.get_sink_side_min_cut()) | {sink})

    def feasible(self, supply: Mapping[int, int]) -> Numbers | None:
        """Find a flow that keeps every bound and takes what each node supplies (asks, below zero), or None."""
        tails, heads, least, most, _ = self._arcs
        extra = self._excess(supply)
        giving, asking = np.flatnonzero(extra > 0), np.flatnonzero(extra < 0)
        source, sink = self.nodes, self.nodes + 1
        value, flows, _ = _most_through(
            np.concatenate([tails, np.full(len(giving), source), asking]),
            np.concatenate([heads, giving, np.full(len(asking), sink)]),
            np.concatenate([most - least, extra[giving], -extra[asking]]),
            source,
            sink,
        )
        return flows[: len(tails)] + least if value == extra[giving].sum() else None

    def cheapest(self, supply: Mapping[int, int]) -> Numbers | None:
        """Find a flow of least cost that keeps every bound and every supply, or None when there is no flow."""
        tails, heads, least, most, cost = self._arcs
        solver = SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(tails, heads, most - least, cost)
        solver.set_nodes_supplies(np.arange(self.nodes), self._excess(supply))
        status = solver.solve()
        if status == SimpleMinCostFlow.INFEASIBLE:
            return None
        if status != SimpleMinCostFlow.OPTIMAL:
            raise FlowError(f"no cheapest flow: {status.name}")
        return solver.flows(np.arange(len(tails))) + least

    def cost(self, flows: Numbers) -> int:
        """Return what a flow costs."""
        return int(self._arcs[4] @ flows)

    def _excess(self, supply: Mapping[int, int]) -> Numbers:
        """Return the supplies once every arc carries its least: the usual transformation of lower bounds."""
        tails, heads, least, _, _ = self._arcs
        extra = np.zeros(self.nodes, np.int64)
        np.subtract.at(extra, tails, least)
        np.add.at(extra, heads, least)
        for node, amount in supply.items():
            extra[node] += amount
        if extra.sum():
            raise FlowError("what the nodes supply and what they ask for differ")
        return extra


def _most_through(
    tails: Numbers, heads: Numbers, most: Numbers, source: int, sink: int
) -> tuple[int, Numbers, SimpleMaxFlow]:
    solver = SimpleMaxFlow()
    solver.add_arcs_with_capacity(tails, heads, most)
    status = solver.solve(source, sink)
    if status != SimpleMaxFlow.OPTIMAL:
        raise FlowError(f"no largest flow: {status.name}")
    return solver.optimal_flow(), np.asarray(solver.flows(np.arange(len(tails))), np.int64), solver
