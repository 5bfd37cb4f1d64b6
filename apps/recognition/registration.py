"""What the door, the desks and the screens must know of recognitions and of the lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.core.actors import Actor
from apps.core.kinds import Kind
from apps.desks import papers, states
from apps.desks.states import ACTS_IN, AWAITING, TONES, DeskAction, DeskState
from apps.desks.walks import Ground, Walk
from apps.matching.papers import follow
from apps.recognition import guards, selectors, services
from apps.recognition.models import ListFiling, Recognition, Target
from apps.recognition.states import (
    FILING_TONES,
    LABELS,
    TARGET_TONES,
    FilingAction,
    FilingState,
    TargetAction,
    TargetState,
)
from apps.writing import selectors as written
from apps.writing import writings
from apps.writing.writings import Writing


def title(recognition: Recognition) -> str:
    """Name a recognition on a desk."""
    return f"{recognition.host}申请认定为{recognition.label}"


def grounds(recognition: Recognition) -> Sequence[Ground]:
    """Return the grounds on which the office it lies at may refuse."""
    office = recognition.present_step()["office"] if recognition.state in AWAITING else ""
    return selectors.grounds_of(recognition, office)


def panel_facts(recognition: Recognition, viewer: Actor, at: datetime) -> Mapping[str, Any]:
    """Return what the paper itself shows."""
    return {"recognition": recognition, "head": head(recognition), **written.panel_facts(recognition, viewer, at)}


def head(recognition: Recognition) -> list[tuple[str, str]]:
    """Return what the receipt says of a recognition."""
    return [
        ("申报单位（户）", str(recognition.host)),
        ("申报类别", recognition.label),
        ("批次", recognition.season.title),
        ("所在地", f"{recognition.county}{recognition.township or ''}"),
        ("经办人", recognition.person.name),
    ]


def public_line(recognition: Recognition) -> Mapping[str, str]:
    """Return what the public reads of a recognition."""
    return {
        "申报单位（户）": recognition.host.name,
        "类别": recognition.label,
        "旗县区": str(recognition.county or ""),
    }


WALK = Walk(
    kind=Kind(
        name=selectors.KIND,
        model=Recognition,
        label="认定申请",
        states=DeskState,
        actions=DeskAction,
        acts_in=ACTS_IN,
        guards=guards.GUARDS,
        facts=selectors.facts_for_door,
        follow=papers.follow,
        editable=frozenset(states.WRITING),
        tones=TONES,
        labels=LABELS,
    ),
    visible=selectors.visible_to,
    title=title,
    titled_by=("host",),
    panel="recognition/_paper.html",
    panel_facts=panel_facts,
    grounds=grounds,
    fields=written.entries_of,
    public_line=public_line,
    edit_url=writings.first_page,
    brings=lambda _: "认定已完成，列入服务对象名单。",
    person="申报经办人",
)

WRITING = Writing(
    walk=WALK,
    written_at=selectors.started_by,
    form=selectors.form_of,
    judge=selectors.case_of,
    closed=selectors.closed,
    settle=services.settle,
    heading=title,
    head=head,
)

TARGET = Kind(
    name=selectors.TARGET,
    model=Target,
    label="服务对象",
    states=TargetState,
    actions=TargetAction,
    guards={
        TargetAction.TAKE_OFF: [guards.is_grounded, guards.says_why],
        TargetAction.PUT_BACK: [guards.says_why, guards.is_listed_once],
    },
    facts=selectors.facts_of_targets,
    follow=follow,
    related=("recognition", "host"),
    tones=TARGET_TONES,
    page="recognition:target",
)

FILING = Kind(
    name=selectors.FILING,
    model=ListFiling,
    label="名单备案",
    states=FilingState,
    actions=FilingAction,
    guards={
        FilingAction.SEND_BACK: [guards.says_why],
        FilingAction.SUBMIT: [guards.list_has_changed],
    },
    facts=selectors.facts_of_filings,
    follow=follow,
    tones=FILING_TONES,
    page="recognition:filing",
)
