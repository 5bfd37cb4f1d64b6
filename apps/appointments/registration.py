"""What the door and the desks must know of appointments, agreements and changes within a term."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.applications.selectors import start_in
from apps.appointments import guards, papers, selectors, services
from apps.appointments.models import Agreement, Appointment, Change
from apps.appointments.states import (
    AgreementAction,
    AgreementState,
    AppointmentAction,
    AppointmentState,
)
from apps.core import outbox
from apps.core.actors import Actor
from apps.core.kinds import Decision, Kind, Outcome
from apps.desks import papers as desk_papers
from apps.desks import states
from apps.desks.states import ACTS_IN, AWAITING, TONES, DeskAction, DeskState
from apps.desks.walks import Ground, Walk
from apps.policies.acts import called
from apps.seasons.selectors import pack_of
from apps.writing import selectors as written
from apps.writing import writings
from apps.writing.writings import Case, Writing

IN_FORCE = "appointment.in_force"


CHANGED = "appointment.changed"
"""The effect of an appointment that has changed within its term, or has ended before its last day."""


def follow(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Wish for what comes of appointments that took effect, and of what changes in them."""
    if decision.action == AppointmentAction.TAKE_EFFECT:
        records = [outcome.pk for outcome in outcomes]
        outbox.emit([outbox.Wish(IN_FORCE, f"{IN_FORCE}:{records[0]}", {"records": records})], at=decision.at)
    elif decision.action in (AppointmentAction.CHANGE, AppointmentAction.LEAVE):
        outbox.emit([_changed(outcome.record, decision) for outcome in outcomes], at=decision.at)


def _changed(appointment: Appointment, decision: Decision) -> outbox.Wish:
    payload = {
        "appointment": appointment.pk,
        "change": decision.details["change"],
        "changed": [name.removesuffix("_id") for name in decision.details["to"]],
        "is_over": decision.action == AppointmentAction.LEAVE,
        "agreements": selectors.standing_about(appointment.pk),
        "said": decision.opinion,
    }
    return outbox.Wish(CHANGED, f"{CHANGED}:{appointment.pk}:{appointment.log_count}", payload)


def title(change: Change) -> str:
    """Name a change on a desk."""
    return f"{change.person.name}的聘任调整（{change.county}）"


def grounds(change: Change) -> list[Ground]:
    """Return the grounds on which the office it lies at may refuse; a person asked himself has only his own."""
    pack = pack_of(change.season)
    office = change.present_step()["office"] if change.state in AWAITING else ""
    return [
        Ground(ground.id, ground.label, pack.basis(ground))
        for ground in selectors.adjustment_of(change).grounds
        if office in ground.offices or not (ground.offices or change.asks_the_person())
    ]


def panel_facts(change: Change, viewer: Actor, at: datetime) -> Mapping[str, Any]:
    """Return what the paper itself shows."""
    said, pack, adjustment = (
        written.handed_in(change, viewer, at),
        pack_of(change.season),
        selectors.adjustment_of(change),
    )
    return {
        "change": change,
        "label": adjustment.label,
        "basis": pack.basis(adjustment),
        "altered": selectors.altered(change, said.content),
        "changes": written.changes(change),
        "reason": said.content.get("change.reason", ""),
        "documents": written.documents(change, said.files),
        "sees_appointment": selectors.visible_to(viewer, at).filter(pk=change.appointment_id).exists(),
        "names_another": change.ends_the_term
        and change.state == DeskState.PASSED
        and start_in(change.season, viewer, at) is not None,
    }


def heading(change: Change) -> str:
    """Name the form."""
    return f"{change.person.name}（{change.county}）"


def head(change: Change) -> list[tuple[str, str]]:
    """Return what the receipt says of a change."""
    said = f"{selectors.adjustment_of(change).label}：{selectors.sorts_in_words(change)}"
    return [("姓名", change.person.name), ("批次", change.season.title), ("事项", said)]


def promises(change: Change, case: Case) -> list[str]:
    """Say what follows from handing a change in, and from its being resolved."""
    acts = "，再由".join(f"“{step['label']}”办理“{called(step)}”" for step in case.route)
    outcome = (
        "通过后，本次聘任于办结之日结束，不能恢复。"
        if change.ends_the_term
        else "通过后，聘任随即变更；协议写有调整内容的，原协议作废，由拟稿机关送签新协议。"
    )
    return [f"提交后由{acts}；{_told(change)}同时收到，可以提出意见。退回前不能再改，办结前可随时撤回。", outcome]


def _told(change: Change) -> str:
    """Name those who have a change as soon as it is handed in, and those to which it leads among them."""
    to = change.outcome()
    places = [change.to_county if to.get("county_id") else None, change.to_host if to.get("host_id") else None]
    named = "、".join(str(place) for place in dict.fromkeys(places) if place)
    return f"有关各方和拟调整到的{named}" if named else "有关各方"


def public_line(change: Change) -> Mapping[str, str]:
    """Return what the public reads of a change: name, unit, county, what changes."""
    return {
        "姓名": change.person.name,
        "派出单位": str(change.unit or "—"),
        "服务县（市、区）": str(change.county or ""),
        "调整内容": selectors.sorts_in_words(change),
    }


APPOINTMENT = Kind(
    name=selectors.KIND,
    model=Appointment,
    label="聘任",
    states=AppointmentState,
    actions=AppointmentAction,
    guards={AppointmentAction.TAKE_EFFECT: [guards.has_certificate], AppointmentAction.END: [guards.term_is_over]},
    facts=selectors.facts_for_door,
    follow=follow,
    tones={
        AppointmentState.NAMED: "info",
        AppointmentState.ACTIVE: "success",
        AppointmentState.ENDED: "muted",
        AppointmentState.LEFT: "muted",
    },
    page="appointments:appointment",
)

_SPEAKING = [guards.speaks_on_this_text, guards.speaks_for_the_party, guards.is_its_turn]

AGREEMENT = Kind(
    name=selectors.AGREEMENT,
    model=Agreement,
    label="协议",
    states=AgreementState,
    actions=AgreementAction,
    guards={
        AgreementAction.SEND_OUT: [guards.has_all_parties],
        AgreementAction.NAME_PARTY: [guards.is_to_be_named],
        AgreementAction.REVISE: [guards.has_reason, guards.words_have_changed],
        AgreementAction.SIGN: _SPEAKING,
        AgreementAction.REFUSE: [*_SPEAKING, guards.has_reason],
        AgreementAction.VOID: [guards.has_reason],
    },
    facts=selectors.facts_of_agreements,
    follow=papers.follow,
    related=(selectors.LINES,),
    tones={
        AgreementState.DRAFTED: "warning",
        AgreementState.SIGNING: "info",
        AgreementState.SIGNED: "success",
        AgreementState.VOID: "muted",
    },
    page="appointments:agreement",
)

CHANGE = Kind(
    name=selectors.CHANGE,
    model=Change,
    label="聘任调整",
    states=DeskState,
    actions=DeskAction,
    acts_in=ACTS_IN,
    guards=guards.OF_CHANGES,
    facts=selectors.facts_of_changes,
    follow=desk_papers.follow,
    editable=frozenset(states.WRITING),
    related=("appointment",),
    tones=TONES,
    labels={DeskState.AWAITING_RESOLUTION: "待调整决定"},
)

WALK = Walk(
    kind=CHANGE,
    visible=selectors.changes_visible_to,
    title=title,
    titled_by=("person", "county"),
    panel="appointments/_change.html",
    panel_facts=panel_facts,
    grounds=grounds,
    fields=written.entries_of,
    edit_url=writings.first_page,
    public_line=public_line,
    brings=lambda _: "调整已同意。聘任和有关协议由系统随即变更，各方将收到通知。",
)

WRITING = Writing(
    walk=WALK,
    written_at=selectors.written_at,
    form=selectors.form_of,
    judge=selectors.case_of_change,
    closed=selectors.closed,
    settle=services.settle,
    heading=heading,
    head=head,
    alters=selectors.altered,
    promises=promises,
)
