"""The generated parts of docs/processes/: `python -m tests.process_pages` writes them anew from code and packs.

A part stands between `<!-- name -->` and `<!-- end -->`.
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

from apps.desks import walks
from apps.desks.states import AWAITING, OFFICE_ACTS, OPEN, DeskState
from apps.desks.walks import Walk
from apps.policies import loading
from apps.policies.routing import drawings, flowchart
from apps.policies.schema import Pack, Route

FOLDER = settings.BASE_DIR / "docs" / "processes"
SETS = {
    frozenset(AWAITING): "any step",
    frozenset((*AWAITING, DeskState.PASSED)): "next step, `passed` after the last",
    frozenset(OFFICE_ACTS): "any step but the public notice",
    frozenset(OPEN): "any open state",
}


def processes() -> list[str]:
    """Return the processes that have a page: those that walk over desks, and those for which a pack has routes."""
    walked = [walk.kind.name for walk in walks.every()]
    return list(dict.fromkeys([*walked, *(each.process for pack in loading.shipped() for each in drawings(pack))]))


def page(process: str) -> Path:
    """Return where the page of a process stands."""
    return FOLDER / f"{process}.md"


def rewritten(text: str, process: str) -> str:
    """Return a page with its generated parts as they should be."""
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "states": lambda: states(_walk(process)),
        "actions": lambda: actions(_walk(process)),
        "routes": lambda: routes(process),
    }
    return re.sub(
        r"<!-- (\w+) -->\n.*?<!-- end -->",
        lambda found: "\n".join([f"<!-- {found[1]} -->", *parts[found[1]](), "<!-- end -->"]),
        text,
        flags=re.DOTALL,
    )


def _walk(process: str) -> Walk:
    return next(walk for walk in walks.every() if walk.kind.name == process)


def states(walk: Walk) -> Iterator[str]:
    """Yield the table of states: code, label in the offices, label outside."""
    yield "| state | in the offices | outside |"
    yield "|---|---|---|"
    for state in walk.kind.states:
        yield f"| `{state}` | {state.label} | {walk.kind.public_labels.get(state, state.label)} |"


def actions(walk: Walk) -> Iterator[str]:
    """Yield the table of transitions: action, from, to, who, what stops it."""
    yield "| action | from → to | who | what stops it |"
    yield "|---|---|---|---|"
    transitions = list(walk.model._meta.get_field("state").get_all_transitions(walk.model))
    for action in walk.kind.actions:
        found = [each for each in transitions if each.name == action]
        if found:
            who = _sentence(found[0].custom["may"])
            stops = "<br>".join(_sentence(guard) for guard in walk.kind.guards.get(action, ()))
            yield f"| `{action}` {action.label} | {_from(found)} → {_to(found[0])} | {who} | {stops} |"


def _from(found: list[Transition]) -> str:
    return _named({each.source for each in found})


def _to(transition: Transition) -> str:
    return _named(set(getattr(transition.target, "allowed_states", None) or {transition.target}))


def _named(some: set[str]) -> str:
    return SETS.get(frozenset(some)) or ", ".join(f"`{state}`" for state in DeskState if state in some)


def _sentence(function: Callable[..., object]) -> str:
    return (inspect.getdoc(function) or "").split("\n")[0]


def routes(process: str) -> Iterator[str]:
    """Yield a graph of each route that an installed pack has for a process."""
    for pack in loading.shipped():
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
    for each in processes():
        page(each).write_text(rewritten(page(each).read_text(encoding="utf-8"), each), encoding="utf-8")
