"""People at once around key clients and villages: who binds, who takes off the list, who is sent there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.db import connection

from apps.core import audit
from apps.core.refusals import Refused
from apps.directory.models import Person
from apps.matching.models import AssessmentBase, KeyClient, Placement, Serving, SiteList, Village
from apps.matching.services import edits, lists, places
from apps.matching.services.removals import remove_clients, remove_villages
from apps.matching.states import PlacementState, SiteListAction
from tests.factories import Scene, actor
from tests.factories.placing import anew, make_clients, make_placement, placing_at, village_rows

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AtOnce = Callable[..., list[Any]]
MOST_HELD = 1.0
"""Seconds for which a removal is held at most: whoever waits for its locks cannot let it go on."""


@contextmanager
def without(name: str) -> Iterator[None]:
    """Take a constraint of assessment bases away for a while."""
    (constraint,) = [each for each in AssessmentBase._meta.constraints if each.name == name]
    with connection.schema_editor() as editor:
        editor.remove_constraint(AssessmentBase, constraint)
    try:
        yield
    finally:
        AssessmentBase.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(AssessmentBase, constraint)


def people_of(placement: Placement) -> list[Person]:
    return list(Person.objects.filter(pk__in=placement.servings.values("person")).select_related("user").order_by("pk"))


def bindings(scene: Scene) -> dict[str, list[Callable[[], AssessmentBase]]]:
    """Return what is done at once: two people bind one base; one person, in two windows, binds two."""
    placement = make_placement(scene, PlacementState.CONFIRMED)
    (one, other), (first, second) = KeyClient.objects.order_by("pk"), people_of(placement)

    def bind(person: Person, client: KeyClient) -> Callable[[], AssessmentBase]:
        by = actor(person.user)
        return lambda: places.choose_base(season=scene.season, client=client.pk, by=by, at=placing_at(scene))

    return {"base_taken": [bind(first, one), bind(second, one)], "has_base": [bind(first, one), bind(first, other)]}


@pytest.mark.parametrize("code", ["base_taken", "has_base"])
def test_one_person_has_one_base_and_one_base_one_person_whoever_comes_first(
    transactional_scene: Scene, at_once: AtOnce, code: str
):
    results = at_once(*bindings(transactional_scene)[code])
    refused = [each for each in results if isinstance(each, Refused)]
    assert [each.refusals[0].code for each in refused] == [code]
    assert AssessmentBase.objects.filter(released=None).count() == 1


@pytest.mark.parametrize(
    ("code", "constraint"),
    [("base_taken", "one_person_of_an_assessment_base"), ("has_base", "one_assessment_base_of_a_person")],
)
def test_without_the_constraint_both_would_stand(
    transactional_scene: Scene, at_once: AtOnce, code: str, constraint: str
):
    """The control: it is the database alone that keeps them to one."""
    acts = bindings(transactional_scene)[code]
    with without(constraint):
        assert [isinstance(each, AssessmentBase) for each in at_once(*acts)] == [True, True]
        assert AssessmentBase.objects.filter(released=None).count() == 2


class Removal:
    """Holds whoever takes something off a list once he has looked who is served, until another has come in between."""

    def __init__(self) -> None:
        self._begun, self._over = Event(), Event()

    def held(self, note: Callable[..., None]) -> Callable[..., None]:
        def noting(season: Any, lists: Any, action: str, *given: Any, **words: Any) -> None:
            if action == SiteListAction.TAKE_OFF:
                self._begun.set()
                self._over.wait(MOST_HELD)
            note(season, lists, action, *given, **words)

        return noting

    def meanwhile(self, act: Callable[[], Any]) -> Callable[[], Any]:
        """Return an act that begins once the removal is held, and lets it go on when it is done."""

        def acting() -> Any:
            assert self._begun.wait(10)
            try:
                return act()
            finally:
                self._over.set()

        return acting


@pytest.fixture
def removal(monkeypatch: pytest.MonkeyPatch) -> Removal:
    made = Removal()
    monkeypatch.setattr(edits, "note", made.held(edits.note))
    return made


def test_nobody_is_sent_to_a_village_that_is_being_taken_off(
    transactional_scene: Scene, at_once: AtOnce, removal: Removal, locked: bool
):
    scene = transactional_scene
    (person,) = people_of(make_placement(scene, people=1))
    free = Village.objects.filter(servings=None).order_by("region")[0]
    client = Serving.objects.filter(person=person, village=None)[0].client_id
    act, by = {"at": placing_at(scene)}, actor(scene.officers.county)
    sites = {"villages": [free.pk], "clients": [client], "reason": "就近"}
    at_once(
        lambda: remove_villages(season=scene.season, villages=[free.pk], reason="撤并", by=scene.office, **act),
        removal.meanwhile(lambda: places.serve(placement=anew(scene), person=person.pk, by=by, **sites, **act)),
    )
    assert not Village.objects.filter(pk=free.pk).exists()
    assert Serving.objects.filter(village=free).exists() is not locked


def test_nobody_binds_a_client_that_is_being_taken_off(
    transactional_scene: Scene, at_once: AtOnce, removal: Removal, locked: bool
):
    scene = transactional_scene
    (person,) = people_of(make_placement(scene, PlacementState.CONFIRMED, people=1))
    make_clients(scene, 3)
    free = KeyClient.objects.filter(servings=None).order_by("pk")[0]
    act, by = {"season": scene.season, "at": placing_at(scene)}, actor(person.user)
    at_once(
        lambda: remove_clients(clients=[free.pk], reason="停产", by=scene.office, **act),
        removal.meanwhile(lambda: places.choose_base(client=free.pk, by=by, **act)),
    )
    assert not KeyClient.objects.filter(pk=free.pk).exists()
    assert AssessmentBase.objects.filter(client=free).exists() is not locked


def test_two_edits_of_a_list_at_once_begin_it_once_and_both_stand(transactional_scene: Scene, at_once: AtOnce):
    scene = transactional_scene
    first, second, *_ = village_rows(scene.county)
    act = {"season": scene.season, "at": scene.at}
    results = at_once(
        lambda: lists.keep_villages(rows=[first], by=scene.office, **act),
        lambda: lists.keep_villages(rows=[second], by=scene.office, **act),
    )
    assert results == [lists.Kept(1, 0, 0)] * 2
    assert (Village.objects.count(), SiteList.objects.get().log_count) == (2, 3)
    assert audit.verify().faults == ()
