"""The generated parts of docs/processes/: `python -m tests.process_pages` writes them anew from code and packs.

A part stands between `<!-- what kind -->` and `<!-- end -->`: the states or the actions of a kind of record, or the
routes of a process.
"""

import inspect
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()

from django.conf import settings
from django_fsm import Transition

from apps.core import kinds
from apps.core.kinds import Kind
from apps.desks.states import AWAITING, OFFICE_ACTS, OPEN, DeskState
from apps.policies.routing import drawings, flowchart
from apps.policies.schema import Pack, Route
from tests.policies import packs

FOLDER = settings.BASE_DIR / "docs" / "processes"
SETS = {
    frozenset(AWAITING): "any step",
    frozenset((*AWAITING, DeskState.PASSED)): "next step, `passed` after the last",
    frozenset(OFFICE_ACTS): "any step but the public notice",
    frozenset(OPEN): "any open state",
}


def pages() -> list[Path]:
    """Return the pages of processes."""
    return sorted(FOLDER.glob("*.md"))


def wanted() -> set[str]:
    """Return the parts that must stand on some page: of every kind of record, and of every process that has routes."""
    routed = {each.process for pack in packs.every() for each in drawings(pack)}
    parts = {f"{what} {kind.name}" for what in PARTS_OF_A_KIND for kind in kinds.every()}
    return parts | {f"routes {process}" for process in routed}


def standing(text: str) -> list[str]:
    """Return the parts that stand on a page."""
    return re.findall(r"<!-- (\w+ \w+) -->\n", text)


def rewritten(text: str) -> str:
    """Return a page with its generated parts as they should be."""
    return re.sub(
        r"<!-- (\w+) (\w+) -->\n.*?<!-- end -->",
        lambda found: "\n".join([f"<!-- {found[1]} {found[2]} -->", *_part(found[1], found[2]), "<!-- end -->"]),
        text,
        flags=re.DOTALL,
    )


def _part(what: str, of: str) -> Iterator[str]:
    return routes(of) if what == "routes" else PARTS_OF_A_KIND[what](kinds.named(of))


def states(kind: Kind) -> Iterator[str]:
    """Yield the table of states: code, label in the offices, label outside where that is another."""
    yield "| state | in the offices | outside |"
    yield "|---|---|---|"
    for state in kind.states:
        yield f"| `{state}` | {kind.called(state)} | {kind.public_labels.get(state) or kind.called(state)} |"


def actions(kind: Kind) -> Iterator[str]:
    """Yield the table of transitions: action, from, to, who, what stops it."""
    yield "| action | from → to | who | what stops it |"
    yield "|---|---|---|---|"
    transitions = list(kind.model._meta.get_field("state").get_all_transitions(kind.model))
    for action in kind.actions:
        found = [each for each in transitions if each.name == action]
        if found:
            who = _sentence(found[0].custom["may"])
            stops = "<br>".join(_sentence(guard) for guard in kind.guards.get(action, ()))
            yield f"| `{action}` {action.label} | {_from(kind, found)} → {_to(kind, found[0])} | {who} | {stops} |"


PARTS_OF_A_KIND: dict[str, Callable[[Kind], Iterator[str]]] = {"states": states, "actions": actions}


def _from(kind: Kind, found: list[Transition]) -> str:
    return _named(kind, {each.source for each in found})


def _to(kind: Kind, transition: Transition) -> str:
    return _named(kind, set(getattr(transition.target, "allowed_states", None) or {transition.target}))


def _named(kind: Kind, some: set[str]) -> str:
    whole = SETS.get(frozenset(some)) if kind.states is DeskState else None
    return whole or ", ".join(f"`{state}`" for state in kind.states if state in some)


def _sentence(function: Callable[..., object]) -> str:
    return (inspect.getdoc(function) or "").split("\n")[0]


def routes(process: str) -> Iterator[str]:
    """Yield a graph of each route that an installed pack has for a process."""
    for pack in packs.every():
        for each in drawings(pack):
            if each.process == process:
                title = f"{each.title}, route `{each.route.id}`{_where(pack, each.route)}"
                yield from ["", f"**{pack.title}**, {title}", "", "```mermaid"]
                yield from flowchart(pack, each.route, each.resubmission)
                yield "```"


def _where(pack: Pack, route: Route) -> str:
    question = pack.question(route.if_chosen.ask) if route.if_chosen else None
    if question is None or route.if_chosen is None:
        return ""
    whose = "the pack's choice" if route.if_chosen.is_ == question.chosen else "the office may choose"
    return f" — {whose}: {question.options[route.if_chosen.is_]}"


if __name__ == "__main__":
    for each in pages():
        each.write_text(rewritten(each.read_text(encoding="utf-8")), encoding="utf-8")
