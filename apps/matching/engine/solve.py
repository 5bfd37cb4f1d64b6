"""From a market to its report: allocate, balance where it is asked for, prove."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from apps.matching.engine.canonical import encode
from apps.matching.engine.certificate import Certificate, certify
from apps.matching.engine.instance import Instance, Pin
from apps.matching.engine.numbered import Numbered
from apps.matching.engine.propose import Allocation, Ties, propose


@dataclass(frozen=True)
class Solution:
    """An allocation with its proof and the report that is handed out."""

    allocation: Allocation
    certificate: Certificate
    report: dict[str, Any]


def solve(instance: Instance, *, ties: Ties, seed: str, balanced: bool = False) -> Solution:
    """Allocate a market and prove the result.

    With `balanced`, people are moved first, within their wishes, until the floors are filled as far as they can be;
    each move is a pin with its reason, and everybody else is allocated anew around them.
    """
    began = time.perf_counter()
    allocation = (_balanced if balanced else propose)(instance, ties=ties, seed=seed)
    certificate = certify(allocation)
    least = _least_shortage(instance) if certificate.shortage else 0
    report = {
        "matching": allocation.matching,
        "placed": sum(option is not None for option in allocation.matching.values()),
        "blocking_pairs": len(certificate.blocking),
        "undocumented_blocking_pairs": len(certificate.undocumented),
        "shortage": certificate.shortage,
        "shortage_bound": least,
        "pins": {name: asdict(pin) for name, pin in allocation.numbered.instance.pins.items()},
        "cutoffs": {name: last and asdict(last) for name, last in certificate.cutoffs.items()},
        "ties": str(ties),
        "seed": seed,
        "balanced": balanced,
        "promoted": sorted(allocation.promoted),
        "input_sha256": instance.sha256,
    }
    report["output_sha256"] = hashlib.sha256(encode(report).encode()).hexdigest()
    report["seconds"] = round(time.perf_counter() - began, 3)
    return Solution(allocation, certificate, report)


def reopen(instance: Instance, report: Mapping[str, Any]) -> Solution:
    """Return the solution that a report stands for; the checker must have passed it."""
    pins = {name: Pin(**pin) for name, pin in report["pins"].items()}
    numbered = Numbered(replace(instance, pins=pins), report["seed"])
    allocation = Allocation(dict(report["matching"]), frozenset(report["promoted"]), numbered)
    return Solution(allocation, certify(allocation), dict(report))


def _balanced(instance: Instance, *, ties: Ties, seed: str) -> Allocation:
    from apps.matching.engine.balance import balance  # flows cost 30 MB, which a market without floors need not pay

    return balance(instance, ties=ties, seed=seed).allocation


def _least_shortage(instance: Instance) -> int:
    from apps.matching.engine.flows import shortage_bound

    return shortage_bound(instance)
