"""What every record that walks over desks must be made of."""

import pytest
from django.db import IntegrityError, transaction
from django_fsm import FSMField

from apps.applications.models import Application
from apps.desks import walks
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import AWAITING, ENDED, OPEN, STATE_OF_ACT, DeskAction, DeskState
from apps.policies.acts import ACTS
from tests.factories import Scene, fresh, make_application

WALKERS = [walk.kind.model for walk in walks.every()]
SHARED = [name for name in DeskAction.values if hasattr(DeskRecord, name)]


def test_the_application_walks():
    assert Application in WALKERS


@pytest.mark.parametrize("model", WALKERS)
def test_a_walker_keeps_the_checks_of_the_walk(model: type[DeskRecord]):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    kept = {constraint.name for constraint in model._meta.constraints}
    assert {f"{name}_state_is_known", f"{name}_awaited_act_has_a_step"} <= kept


@pytest.mark.parametrize("model", WALKERS)
def test_a_walker_neither_declares_the_state_anew_nor_overrides_a_transition(model: type[DeskRecord]):
    own = [name for name in ("state", *SHARED) if name in vars(model) and not isinstance(vars(model)[name], FSMField)]
    overridden = [name for name in own if name != "state"]
    assert overridden == []
    assert [getattr(model, name) is getattr(DeskRecord, name) for name in SHARED] == [True] * len(SHARED)
    assert len(list(model._meta.get_field("state").get_all_transitions(model))) > 0


@pytest.mark.parametrize("model", WALKERS)
def test_the_door_saves_every_column_that_the_walk_moves(model: type[DeskRecord]):
    assert set(DeskRecord.MOVED_FIELDS) <= set(model.MOVED_FIELDS)


def test_every_act_carried_out_has_its_state():
    assert set(STATE_OF_ACT) == {act.key for act in ACTS.values() if act.executable}


def test_every_state_is_either_open_or_an_end():
    assert (set(OPEN) | set(ENDED), set(OPEN) & set(ENDED)) == (set(DeskState), set())
    assert set(AWAITING) < set(OPEN)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("applications_application_state_is_known", {"state": "approved"}),
        ("applications_application_awaited_act_has_a_step", {"step": None}),
    ],
)
def test_the_database_refuses_a_record_that_cannot_be(scene: Scene, constraint: str, changes: dict):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**changes)
    assert fresh(application).state == DeskState.AWAITING_CONSENT


@pytest.mark.django_db
def test_a_record_has_one_newest_paper(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(record=application.pk).update(latest=True)


@pytest.mark.django_db
@pytest.mark.parametrize(("act", "expected"), [("review", True), ("consent", False), ("notice", False)])
def test_a_record_knows_the_act_it_awaits(scene: Scene, act: str, expected: bool):
    assert make_application(scene, DeskState.AWAITING_REVIEW).step_awaits(act) is expected


@pytest.mark.django_db
@pytest.mark.parametrize("state", [DeskState.DRAFT, DeskState.RETURNED, DeskState.PASSED])
def test_a_record_on_no_step_awaits_no_act(scene: Scene, state: str):
    application = make_application(scene, state)
    assert [act for act in ACTS if application.step_awaits(act)] == []
