"""Every route of every shipped pack is walked by services, from handing in to passing, each act at its own desk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core import audit
from apps.core.log import entries_of
from apps.core.refs import Ref, desk_parts
from apps.desks import services as desks
from apps.desks.facts import candidates, purpose_of
from apps.desks.states import JOINT, STATE_OF_ACT, DeskState
from apps.directory.models import Organization, Region, User
from apps.directory.selectors import users_at
from apps.directory.states import Role
from apps.notices import services as notices
from apps.policies import loading
from apps.policies.schema import Route
from apps.seasons.models import Season
from tests.factories import actor, build_city, build_scene, fresh, make_draft, make_officer
from tests.factories.applications import submit
from tests.factories.every_act import decide_on_docket, speak
from tests.factories.jiaozuo import build_jiaozuo
from tests.factories.steppe import Steppe, build_bayannur, build_region
from workflows import steps

pytestmark = pytest.mark.django_db
PACKS = ("guangxi-2023", "jinzhong", "jiaozuo", "bayannur", "inner-mongolia")
HOUR = timedelta(hours=1)


@contextmanager
def chosen(season: Season, option: str) -> Iterator[None]:
    """Let a season have chosen by which desks its applications go, while one is handed in."""
    rows = Season.objects.filter(pk=season.pk)
    rows.update(answers={**season.answers, "application_route": option})
    yield
    rows.update(answers=season.answers)


def guangxi(option: str) -> Application:
    scene = build_scene()
    with chosen(scene.season, option):
        return submit(make_draft(scene), scene.at)


def jinzhong(from_below: bool) -> Application:
    city = build_city()
    return city.submit(city.from_below() if from_below else city.from_pool())


def jiaozuo() -> Application:
    world = build_jiaozuo()
    return submit(world.drafted(world.applicant), world.at)


def steppe(world: Steppe, category: str, *, has_unit: bool = True, option: str = "by_category") -> Application:
    with chosen(world.season, option):
        return world.submit(world.applied(category, world.unit if has_unit else None))


def bayannur() -> Application:
    world = build_bayannur()
    return world.submit(world.applied("service_expert", world.unit))


HANDED_IN: dict[tuple[str, str], Callable[[], Application]] = {
    ("guangxi-2023", "through_city"): lambda: guangxi("through_city"),
    ("guangxi-2023", "past_city"): lambda: guangxi("past_city"),
    ("jinzhong", "from_below"): lambda: jinzhong(from_below=True),
    ("jinzhong", "from_pool"): lambda: jinzhong(from_below=False),
    ("jiaozuo", "open_selection"): jiaozuo,
    ("bayannur", "recognition"): bayannur,
    ("inner-mongolia", "regional_expert"): lambda: steppe(build_region(), "expert"),
    ("inner-mongolia", "city_with_unit"): lambda: steppe(build_region(), "technician"),
    ("inner-mongolia", "county_with_unit"): lambda: steppe(build_region(), "veteran"),
    ("inner-mongolia", "county_without_unit"): lambda: steppe(build_region(), "veteran", has_unit=False),
    ("inner-mongolia", "all_by_city_with_unit"): lambda: steppe(build_region(), "veteran", option="by_city"),
    ("inner-mongolia", "all_by_city_without_unit"): lambda: steppe(
        build_region(), "veteran", has_unit=False, option="by_city"
    ),
}


def routes() -> dict[tuple[str, str], Route]:
    """Return every route by which people apply, by pack and key."""
    packs = {name: loading.parse(loading.read(name).pack_text, name) for name in PACKS}
    return {(name, route.id): route for name, pack in packs.items() for route in pack.processes.application.routes}


def sitting_at(desk: str, at: datetime) -> User:
    """Return who sits at a desk, somebody new where nobody did."""
    (users,) = users_at([desk], at).values()
    if users:
        return users[0]
    role, scope = desk_parts(desk)
    places: dict[str, Any] = {"region": Region, "organization": Organization}
    return make_officer(Role(role), places[scope.kind].objects.get(pk=scope.key))


def announce(record: Application, by: User, at: datetime) -> datetime:
    """Put a record on a list, and let the clock pass it once the last day is over."""
    season = Season.objects.get(pk=record.season_id)
    notices.announce(season=season, kind="application", seen={record.pk: record.version}, by=actor(by), at=at)
    until = fresh(record).notice_until
    assert until is not None
    after = at + timedelta(days=(until - at.date()).days + 1)
    steps.pass_notices(after)
    return after


def decide_jointly(record: Application, by: User, at: datetime) -> datetime:
    """Ask all who may be asked, let each agree, and pass it up."""
    asked = [each.desk for each in candidates(record, at) if not each.conflict]
    desks.ask(model=Application, seen={record.pk: record.version}, parties=asked, by=actor(by), at=at)
    points = {line["id"]: line["most"] for line in record.present_step()["verdicts"]["sheet"]}
    for desk in asked:
        speak(record, sitting_at(desk, at), party=desk, points=points, at=at)
    desks.pass_up(record=fresh(record), by=actor(by), at=at, opinion="同意")
    return at


def act(record: Application, at: datetime) -> datetime:
    """Do what a record awaits at the desk where it lies, and return the moment at which that is done."""
    by = sitting_at(record.desk, at)
    if record.state == DeskState.ON_NOTICE:
        return announce(record, by, at)
    if record.state in JOINT:
        return decide_jointly(record, by, at)
    if purpose := purpose_of(record):
        decide_on_docket(record, by, purpose, at)
    else:
        desks.pass_up(record=record, by=actor(by), at=at, opinion="同意")
    return at


def walked(application: Application) -> list[tuple[str, str]]:
    """Walk an application to its end, and return the desks and states through which it went."""
    record, at, seen = fresh(application), application.submitted + HOUR, []
    while record.state != DeskState.PASSED:
        seen.append((record.state, record.desk))
        at = act(record, at) + HOUR
        record = fresh(record)
    return seen


def test_every_route_of_every_pack_is_walked_here():
    assert set(HANDED_IN) == set(routes())


@pytest.mark.parametrize("key", HANDED_IN, ids="/".join)
def test_a_route_is_walked_to_its_end_step_by_step(key: tuple[str, str]):
    application = HANDED_IN[key]()
    wanted = [(step.act, step.office) for step in routes()[key].steps]
    assert [(step["act"], step["office"]) for step in application.route] == wanted
    assert walked(application) == [(STATE_OF_ACT[step["act"]], step["desk"]) for step in application.route]
    log = entries_of(Ref("application", str(application.pk)))
    assert [entry.action for entry in log if entry.action == "pass_up"] == ["pass_up"] * len(wanted)
    assert audit.verify().faults == ()
