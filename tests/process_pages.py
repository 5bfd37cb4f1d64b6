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
from apps.policies.schema import Pack, Route
from apps.policies.showing import act_in_words, starter

FOLDER = settings.BASE_DIR / "docs" / "processes"
SETS = {
    frozenset(AWAITING): "any step",
    frozenset((*AWAITING, DeskState.PASSED)): "next step, `passed` after the last",
    frozenset(OFFICE_ACTS): "any step but the public notice",
    frozenset(OPEN): "any open state",
}


def page(walk: Walk) -> Path:
    """Return where the page of a process stands."""
    return FOLDER / f"{walk.kind.name}.md"


def rewritten(text: str, walk: Walk) -> str:
    """Return a page with its generated parts as they should be."""
    parts: dict[str, Callable[[Walk], Iterator[str]]] = {"states": states, "actions": actions, "routes": routes}
    return re.sub(
        r"<!-- (\w+) -->\n.*?<!-- end -->",
        lambda found: "\n".join([f"<!-- {found[1]} -->", *parts[found[1]](walk), "<!-- end -->"]),
        text,
        flags=re.DOTALL,
    )


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


def routes(walk: Walk) -> Iterator[str]:
    """Yield a graph of each route of each installed pack."""
    for pack_id in loading.installed():
        files = loading.read(pack_id)
        pack = loading.parse(files.pack_text, str(files.path))
        process = getattr(pack.processes, walk.kind.name, None)
        for route in process.routes if process else ():
            yield from ["", f"**{pack.title}**, route `{route.id}`{_where(pack, route)}", "", "```mermaid"]
            yield from graph(pack, route, process.resubmission)
            yield "```"


def _where(pack: Pack, route: Route) -> str:
    question = pack.question(route.if_chosen.ask) if route.if_chosen else None
    if question is None or route.if_chosen is None:
        return ""
    whose = "the pack's choice" if route.if_chosen.is_ == question.chosen else "the office may choose"
    return f" — {whose}: {question.options[route.if_chosen.is_]}"


def graph(pack: Pack, route: Route, resubmission: str) -> Iterator[str]:
    """Yield a route as a Mermaid graph: its steps, and where giving back and turning down lead."""
    keys = [f"s{number}" for number in range(1, len(route.steps) + 1)]
    offices = " & ".join(key for key, step in zip(keys, route.steps, strict=True) if step.act != "notice")
    yield "flowchart TD"
    yield f"    draft([{starter(route.starts, pack)}填写]) -->|提交| s1"
    for key, step, after in zip(keys, route.steps, [*keys[1:], "passed"], strict=True):
        yield f'    {key}["{pack.offices[step.office].label}<br>{act_in_words(step)}"]'
        yield f"    {key} -->|{'公示期满' if step.act == 'notice' else '同意'}| {after}"
    yield "    passed([已通过])"
    yield f"    {offices} -.->|退回修改| returned([退回修改])"
    yield f"    {offices} -.->|不同意| rejected([未通过])"
    yield f"    returned -->|再次提交| {'resumed([退回的环节])' if resubmission == 'resumes' else 's1'}"


if __name__ == "__main__":
    for each in walks.every():
        page(each).write_text(rewritten(page(each).read_text(encoding="utf-8"), each), encoding="utf-8")
