"""What the door, the desks and the screens must know of applications."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.applications import selectors, services
from apps.applications.guards import GUARDS
from apps.applications.models import Application
from apps.applications.states import PUBLIC_LABELS
from apps.core import outbox
from apps.core.actors import Actor
from apps.core.kinds import Decision, Kind, Outcome
from apps.desks import papers, states
from apps.desks.states import ACTS_IN, AWAITING, TONES, DeskAction, DeskState
from apps.desks.walks import Ground, Walk
from apps.matching.selectors.pairings import agreed_among
from apps.policies import applying
from apps.policies.values import fields_of
from apps.seasons.selectors import pack_of
from apps.writing import selectors as written
from apps.writing import writings
from apps.writing.selectors.paper import label_of, words
from apps.writing.writings import Writing

AGREED_BEFORE = "application.agreed_before"
"""The effect of an application that comes to a host which has agreed with the person in a pairing."""


TITLE, SPECIALTY, HOST = "person.title", "person.specialty", "application.host"


def follow(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Do as all walks do; wish for what comes of reaching a host that has agreed already."""
    papers.follow(outcomes, decision)
    keys = {outcome.pk: key for outcome in outcomes if (key := selectors.pairing_key(outcome.record))}
    agreed = agreed_among(keys.values())
    outbox.emit(
        [
            outbox.Wish(AGREED_BEFORE, f"{outcome.pk}:{outcome.record.log_count}", {"application": outcome.pk})
            for outcome in outcomes
            if keys.get(outcome.pk) in agreed
        ],
        at=decision.at,
    )


def title(application: Application) -> str:
    """Name an application on a desk."""
    served = f"（{application.county}）" if application.county_id else ""
    return f"{application.person.name}的科技特派员申请{served}"


def grounds(application: Application) -> list[Ground]:
    """Return the grounds on which the office it lies at may refuse: the pack's list, then the requirements.

    A person who is asked for his consent has only the grounds that are his.
    """
    pack = pack_of(application.season)
    process = pack.processes.application
    office = application.present_step()["office"] if application.state in AWAITING else ""
    listed = [
        Ground(ground.id, ground.label, pack.basis(ground))
        for ground in process.grounds
        if office in ground.offices or not (ground.offices or application.asks_the_person())
    ]
    if application.asks_the_person():
        return listed
    rules = applying.rules_in_force(process, application.season.answers, pack, selectors.starts_of(application))
    return listed + [Ground(rule.id, f"不符合：{rule.message}", pack.basis(rule)) for rule in rules]


def panel_facts(application: Application, viewer: Actor, at: datetime) -> Mapping[str, Any]:
    """Return what the paper itself shows."""
    return {"application": application, **written.panel_facts(application, viewer, at)}


def heading(application: Application) -> str:
    """Name the form."""
    return application.season.title


def head(application: Application) -> list[tuple[str, str]]:
    """Return what the receipt says of an application."""
    places = {"派出单位": application.unit, "服务单位": application.host}
    return [
        ("申请人", application.person.name),
        ("批次", application.season.title),
        *((label, place.name) for label, place in places.items() if place),
        ("服务县（市、区）", str(application.county or "")),
    ]


def listed(application: Application) -> Mapping[str, str]:
    """Return what a list under seal says of a person: title, specialty and host, as far as the form asks for them."""
    pack = pack_of(application.season)
    called = {field.fact: label_of(field) for field in fields_of(written.form_of(application))}
    said = {name: words(name, application.content, pack) for name in (TITLE, SPECIALTY) if name in called}
    said |= {HOST: str(application.host or "")} if HOST in called else {}
    return {called[name]: text for name, text in said.items()}


def brings(application: Application) -> str:
    """Say what comes after the last step: a notice, and a certificate where the policy has one."""
    certificate = pack_of(application.season).documents.certificate
    then = f"；{certificate.title}届时在“我的文件”中下载" if certificate else ""
    return f"各环节已全部办结。系统拟制聘任通知，由办理机关印发{then}。"


def public_line(application: Application) -> Mapping[str, str]:
    """Return what the public reads of an applicant: name, unit, county; no number of his."""
    return {
        "姓名": application.person.name,
        "派出单位": str(application.unit or "—"),
        **({"服务单位": application.host.name} if application.host else {}),
        "服务县（市、区）": str(application.county or ""),
    }


KIND = Kind(
    name=selectors.KIND,
    model=Application,
    label="申请",
    states=DeskState,
    actions=DeskAction,
    acts_in=ACTS_IN,
    guards=GUARDS,
    facts=selectors.facts_for_door,
    follow=follow,
    editable=frozenset(states.WRITING),
    tones=TONES,
    public_labels=PUBLIC_LABELS,
)

WALK = Walk(
    kind=KIND,
    visible=selectors.visible_to,
    title=title,
    titled_by=("person", "county"),
    panel="applications/_paper.html",
    panel_facts=panel_facts,
    grounds=grounds,
    fields=written.entries_of,
    public_line=public_line,
    edit_url=writings.first_page,
    brings=brings,
    listed=listed,
)

WRITING = Writing(
    walk=WALK,
    written_at=selectors.started_by,
    form=selectors.form_of,
    judge=selectors.case_of,
    closed=selectors.closed,
    settle=services.settle,
    heading=heading,
    head=head,
)
