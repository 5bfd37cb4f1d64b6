"""Random packs: routes of two to eight steps out of every act there is, each well-formed as `policy check` wants it."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from apps.policies import loading
from apps.policies.acts import ACTS
from apps.policies.checking.joint import DECIDING
from apps.policies.loading import PackFiles
from tests.factories.every_act import QUESTION, SHEET, pack_of_every_act
from tests.properties.joint_model import CROWDS

ACTS_WALKED = [act.key for act in ACTS.values() if act.executable]
ENDING = [act.key for act in ACTS.values() if act.executable and act.may_end]
OFFICES = {"consent": ["unit"], "notice": ["region"], "filing": ["institute", "region"]}
ANY_OFFICE = ["county", "city", "region"]
ASKED = ["unit", "county", "city", "institute", *CROWDS]


@st.composite
def routes(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw the steps of a route."""
    acts: list[str] = []
    for left in reversed(range(draw(st.integers(2, 8)))):
        fit = [act for act in ACTS_WALKED if left or act in ENDING]
        without = {"notice"} if not acts else set()
        without |= {"filing"} if left and not DECIDING & set(acts) else set()
        acts.append(draw(st.sampled_from([act for act in fit if act not in without])))
    return [draw(_step(act)) for act in acts]


@st.composite
def _step(draw: st.DrawFn, act: str) -> dict[str, Any]:
    step: dict[str, Any] = {"act": act, "office": draw(st.sampled_from(OFFICES.get(act, ANY_OFFICE)))}
    if act == "notice":
        step["days"] = 5
    elif ACTS[act].is_joint:
        step["verdicts"] = draw(_verdicts())
    else:
        step["written"] = draw(st.booleans())
        step["listed"] = act == "consent" and draw(st.booleans())
    return step


@st.composite
def _verdicts(draw: st.DrawFn) -> dict[str, Any]:
    asked = draw(st.lists(st.sampled_from(ASKED), min_size=1, max_size=3, unique=True))
    most = 3 if CROWDS.keys() & set(asked) else len(asked)
    verdicts = {
        "of": asked,
        "rule": draw(st.sampled_from(["all", "any", "quorum", "average"])),
        "at_least": draw(st.integers(1, most)),
        "one_refusal": draw(st.sampled_from(["counts", "blocks"])),
        "asks": QUESTION,
    }
    if draw(st.integers(0, 4)) == 0:
        return {"of": asked, "rule": "heard", "at_least": 1, "one_refusal": "counts", "asks": QUESTION}
    meanings = ["agrees", "refuses", "abstains"]
    if verdicts["rule"] == "quorum":
        verdicts["least"] = draw(st.integers(1, most))
    elif verdicts["rule"] == "average":
        verdicts |= {"least": draw(st.integers(1, 100)), "sheet": SHEET}
        meanings = ["abstains"]
    if draw(st.booleans()):
        verdicts["silence"] = {"after_days": draw(st.integers(1, 6)), "means": draw(st.sampled_from(meanings))}
    return verdicts


@st.composite
def packs(draw: st.DrawFn) -> PackFiles:
    """Draw a pack."""
    lapse = {"returned_after_days": draw(st.integers(1, 60)), "asks": QUESTION}
    files, data = _shipped()
    application = {
        **data["processes"]["application"],
        "routes": [{"id": "drawn", "asks": QUESTION, "steps": draw(routes())}],
        "resubmission": draw(st.sampled_from(["resumes", "starts_over"])),
        "lapse": draw(st.sampled_from([lapse, None])),
    }
    return replace(files, pack_text=_written({**data, "processes": {"application": application}}))


def route_of(files: PackFiles) -> tuple[list[dict[str, Any]], bool]:
    """Return the steps that were drawn, and whether a case resumes where it was given back."""
    application = json.loads(files.pack_text)["processes"]["application"]
    return application["routes"][0]["steps"], application["resubmission"] == "resumes"


@cache
def _shipped() -> tuple[PackFiles, dict[str, Any]]:
    """Return the pack of every act without the sheet of later processes, which no walk asks."""
    files = pack_of_every_act()
    data = loading.plain(loading.tree(files.pack_text, str(files.path)))
    return files, {key: part for key, part in data.items() if key not in ("sheet", "quotas")}


def _written(data: dict[str, Any]) -> str:
    """Write a pack with those open questions only that it still asks; JSON is YAML, and quickly written."""
    rest = json.dumps({key: part for key, part in data.items() if key != "open_questions"}, default=str)
    questions = [each for each in data["open_questions"] if f'"{each["id"]}"' in rest]
    return json.dumps({**data, "open_questions": questions}, ensure_ascii=False, indent=1, default=str)
