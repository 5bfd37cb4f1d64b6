"""A person and a host at once: one pairing comes of two proposals, and one word of two answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from apps.core import audit
from apps.core.refusals import Refused
from apps.matching.models import Pairing
from apps.matching.services import pairings as services
from tests.factories import City, build_city

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CONSTRAINT = "one_live_pairing_of_a_person_and_a_host"


@pytest.fixture
def city(transactional_db: None) -> City:
    return build_city()


def proposals(city: City) -> list[Callable[[], Pairing]]:
    """Return what both sides do: each proposes."""
    given: dict[str, Any] = {"industry": "apples", "terms": "指导修剪", "side": city.host, "at": city.at}
    actors = [city.by("person"), city.by("host")]
    return [
        lambda by=by: services.propose(season=city.season, person=city.applicant.person, by=by, **given)
        for by in actors
    ]


def test_of_two_proposals_at_once_one_stands_and_the_other_is_sent_to_it(city: City, at_once: Callable[..., list]):
    results = at_once(*proposals(city))
    refused = [each for each in results if isinstance(each, Refused)]
    assert [each.refusals[0].code for each in refused] == ["has_one"]
    assert Pairing.objects.count() == 1
    assert audit.verify().faults == ()


def test_without_the_constraint_two_would_stand(city: City, at_once: Callable[..., list]):
    """The control: it is the database alone that keeps them to one."""
    (constraint,) = [each for each in Pairing._meta.constraints if each.name == CONSTRAINT]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Pairing, constraint)
    try:
        assert [isinstance(each, Pairing) for each in at_once(*proposals(city))] == [True, True]
        assert Pairing.objects.count() == 2
    finally:
        Pairing.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Pairing, constraint)


def test_of_a_yes_and_a_withdrawal_at_once_the_second_is_told_who_was_first(
    city: City, at_once: Callable[..., list], slow_door: None, locked: bool
):
    pairing = proposals(city)[0]()
    digest, person, host = pairing.digest(), city.by("person"), city.by("host")

    def agree() -> Pairing:
        return services.agree(pairing=Pairing.objects.get(pk=pairing.pk), digest=digest, by=host, at=city.at)

    def withdraw() -> Pairing:
        row = Pairing.objects.get(pk=pairing.pk)
        return services.withdraw(pairing=row, by=person, at=city.at, opinion="有变")

    refused = [each for each in at_once(agree, withdraw) if isinstance(each, Refused)]
    assert (len(refused) == 1) == locked
