"""What the door, the desks and the screens must know of recognitions and of the lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from apps.core.actors import Actor
from apps.core.kinds import Kind
from apps.desks import papers
from apps.desks.states import AWAITING, TONES, WRITING, DeskAction, DeskState
from apps.desks.walks import Ground, Walk
from apps.matching.papers import follow
from apps.policies.facts import FACTS
from apps.recognition import guards, selectors
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


def title(recognition: Recognition) -> str:
    """Name a recognition on a desk."""
    return f"{recognition.host}申请认定为{recognition.label}"


def grounds(recognition: Recognition) -> Sequence[Ground]:
    """Return the grounds on which the office it lies at may refuse."""
    office = recognition.present_step()["office"] if recognition.state in AWAITING else ""
    return selectors.grounds_of(recognition, office)


def fields(recognition: Recognition) -> list[tuple[str, str]]:
    """Return the entries a return may point at."""
    pages = selectors.kind_of(recognition).form
    return [(field.fact, field.label or FACTS[field.fact].label) for page in pages for field in page.fields]


def panel_facts(recognition: Recognition, viewer: Actor, at: datetime) -> Mapping[str, Any]:
    """Return what the paper itself shows."""
    return {"recognition": recognition, "pages": selectors.shown(recognition)}


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
        guards=guards.GUARDS,
        facts=selectors.facts_for_door,
        follow=papers.follow,
        editable=frozenset(WRITING),
        tones=TONES,
        labels=LABELS,
    ),
    visible=selectors.visible_to,
    title=title,
    titled_by=("host",),
    panel="recognition/_paper.html",
    panel_facts=panel_facts,
    grounds=grounds,
    fields=fields,
    public_line=public_line,
    edit_url=lambda recognition: reverse("recognition:form", args=[recognition.pk]),
    brings="认定已完成，列入服务对象名单。",
    person="申报经办人",
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
