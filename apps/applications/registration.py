"""What the door, the desks and the screens must know of applications."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from apps.applications import selectors
from apps.applications.guards import GUARDS
from apps.applications.models import Application
from apps.applications.states import PUBLIC_LABELS
from apps.core.actors import Actor
from apps.core.kinds import Kind
from apps.desks import papers
from apps.desks.states import TONES, WRITING, DeskAction, DeskState
from apps.desks.walks import Ground, Walk
from apps.policies import applying
from apps.seasons.selectors import pack_of


def title(application: Application) -> str:
    """Name an application on a desk."""
    served = f"（{application.county}）" if application.county_id else ""
    return f"{application.starter.name}的科技特派员申请{served}"


def grounds(application: Application) -> list[Ground]:
    """Return the pack's grounds for refusing: its own list, then the requirements an applicant must meet."""
    pack = pack_of(application.season)
    process = pack.processes.application
    listed = [Ground(ground.id, ground.label, pack.basis(ground)) for ground in process.grounds]
    rules = applying.rules_in_force(process, application.season.answers, pack)
    return listed + [Ground(rule.id, f"不符合：{rule.message}", pack.basis(rule)) for rule in rules]


def fields(application: Application) -> list[tuple[str, str]]:
    """Return the entries a return may point at."""
    form = pack_of(application.season).processes.application.form
    return [each for step in form for each in selectors.labels_of(step)]


def panel_facts(application: Application, viewer: Actor, at: datetime) -> Mapping[str, Any]:
    """Return what the paper itself shows."""
    said = selectors.handed_in(application, viewer)
    return {
        "application": application,
        "pages": selectors.shown(application, said.content),
        "documents": [_with_address(document) for document in selectors.documents(application, said.files)],
        "changes": selectors.changes(application),
        "shortfalls": selectors.settled(application, selectors.case_of(application, at)),
    }


def _with_address(document: selectors.Handed) -> dict[str, Any]:
    address = reverse("applications:file", args=[document.application, document.digest])
    return {"name": document.name, "label": document.label, "size": document.size, "url": address}


def public_line(application: Application) -> Mapping[str, str]:
    """Return what the public reads of an applicant: name, unit, county; no number of his."""
    return {
        "姓名": application.starter.name,
        "派出单位": str(application.unit or ""),
        "服务县（市、区）": str(application.county or ""),
    }


KIND = Kind(
    name=selectors.KIND,
    model=Application,
    label="申请",
    states=DeskState,
    actions=DeskAction,
    guards=GUARDS,
    facts=selectors.facts_for_door,
    follow=papers.follow,
    editable=frozenset(WRITING),
    related=("starter", "county"),
    tones=TONES,
    public_labels=PUBLIC_LABELS,
)

WALK = Walk(
    kind=KIND,
    visible=selectors.visible_to,
    title=title,
    panel="applications/_paper.html",
    panel_facts=panel_facts,
    grounds=grounds,
    fields=fields,
    public_line=public_line,
    edit_url=lambda application: reverse("applications:form", args=[application.pk, 1]),
)
