"""Who is away and who stands in for him at one record at once: one decides, and the log says in whose place."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.applications.models import Application
from apps.core import audit, door
from apps.core.actors import Actor
from apps.core.kinds import Outcome
from apps.core.models import LogEntry
from apps.desks.states import DeskState
from apps.directory import services as directory
from apps.directory.models import Post, User
from apps.directory.states import Role
from tests.concurrency.test_door import only_the_database_stood_in_the_way
from tests.factories import Scene, actor, fresh, make_application, make_officer

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def stand_in(scene: Scene, user: User) -> Actor:
    """Let an officer of the city stand in for another for a week, and return him as he acts."""
    substitute = make_officer(Role.SCI_TECH_AUTHORITY, scene.cities[0], name="代办人")
    today = timezone.localdate(scene.at)
    directory.substitute(
        post=Post.objects.get(user=user),
        substitute=substitute,
        starts=today,
        ends=today + timedelta(days=7),
        reason="出差",
        by=actor(user),
        at=scene.at,
    )
    return actor(substitute)


def deciding(scene: Scene, application: Application, by: Actor, action: str) -> Callable[[], Outcome]:
    seen = {application.pk: application.version}
    words: dict[str, Any] = {"opinion": "意见", "ground": "依据", "by": by, "at": scene.at}
    return lambda: door.advance(Application, seen, action, **words)[0]


def test_of_principal_and_substitute_at_once_one_decides_and_the_other_hears_of_it(
    transactional_scene: Scene, at_once: Callable[..., list[Any]], slow_door: None, locked: bool
):
    scene = transactional_scene
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    principal, substitute = actor(scene.officers.county), stand_in(scene, scene.officers.county)
    results = at_once(
        deciding(scene, application, principal, "pass_up"), deciding(scene, application, substitute, "reject")
    )
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    assert sorted(outcome.done for outcome in results) == [False, True]
    (loser,) = (outcome for outcome in results if not outcome.done)
    last = LogEntry.objects.filter(kind="application", record=application.pk).latest("n")
    by_substitute = results[1].done
    assert loser.refusals[0].code == "overtaken"
    assert loser.refusals[0].reason.startswith("代办人" if by_substitute else principal.name)
    assert (last.actor_id, last.acting_for) == (
        (substitute.user_id, principal.name) if by_substitute else (principal.user_id, "")
    )
    assert fresh(application).version == application.version + 1
    assert audit.verify().faults == ()
