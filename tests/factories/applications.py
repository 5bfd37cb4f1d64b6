"""Applications in a given state, driven there through the services that people use."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.applications import services
from apps.applications.models import Application
from apps.core import uploads
from apps.core.refusals import Basis
from apps.desks import services as desks
from apps.desks.states import DeskState
from apps.desks.walks import Ground
from apps.directory.models import Organization, Region, User
from apps.seasons.selectors import pack_of
from apps.writing import services as writing
from tests.factories.files import JPG
from tests.factories.people import actor
from tests.factories.scene import Scene

FILLED: dict[str, Any] = {
    "person.name": "韦测试",
    "person.sex": "女",
    "person.birth_date": "1985-03-21",
    "person.in_service": "yes",
    "person.education": "硕士",
    "person.title": "中级",
    "person.specialty": "柑橘栽培",
    "person.years_of_service": "8",
    "application.category": "new",
    "application.industries": ["citrus", "tea"],
    "application.plan": "每月到村两次，指导柑橘黄龙病防控。",
    "application.experience": "从事柑橘栽培推广八年。",
    "application.achievements": "",
    "application.joins_county_team": "yes",
    "application.declaration": "yes",
}
"""A complete form but for county and unit, which `filled` adds."""

GROUND = Ground(
    "needs", "不符合服务县当前科技服务需求", Basis("三（五）1", "请县级科技行政主管部门调研了解当地服务需求")
)


def filled(county: Region, unit: Organization, **changed: Any) -> dict[str, Any]:
    """Return a complete form; `changed` replaces entries, with `__` for the dot of a fact's name."""
    changes = {name.replace("__", "."): value for name, value in changed.items()}
    return {**FILLED, "application.county": county.pk, "person.unit": str(unit.pk), **changes}


def fresh(application: Application) -> Application:
    """Read an application anew."""
    return Application.objects.select_related("season", "person", "county", "unit").get(pk=application.pk)


def user_of(application: Application) -> User:
    """Return the applicant's login."""
    return User.objects.get(person=application.person_id)


def make_draft(scene: Scene, applicant: User | None = None, *, county: Region | None = None) -> Application:
    """Make a complete draft that may be handed in."""
    user = applicant or scene.new_applicant()
    by = actor(user)
    draft = services.start(season=scene.season, person=user.person, by=by, at=scene.at)
    typed = filled(county or scene.county, user.person.unit, person__name=user.person.name)
    draft = writing.save(record=draft, typed=typed, by=by, at=scene.at)
    return attach_required(draft, by=by, at=scene.at)


def attach_required(application: Application, **act: Any) -> Application:
    """Hand in the documents that the form requires."""
    form = pack_of(application.season).processes.application.form
    for wanted in (each for step in form for each in step.attachments if each.required):
        accepted = uploads.accept("学历证书.jpg", io.BytesIO(JPG), wanted.kinds, wanted.at_most_megabytes)
        application = writing.attach(record=application, wanted=wanted, accepted=accepted, **act)
    return application


def submit(application: Application, at: datetime) -> Application:
    """Hand it in as its applicant."""
    return writing.submit(record=fresh(application), by=actor(user_of(application)), at=at)


def pass_up(application: Application, officer: User, at: datetime) -> Application:
    """Agree as an officer."""
    return desks.pass_up(record=fresh(application), by=actor(officer), at=at, opinion="同意")


def announce(scene: Scene, application: Application, at: datetime) -> Application:
    """Put it on a list of five days."""
    until = timezone.localdate(at) + timedelta(days=4)
    seen = {application.pk: fresh(application).version}
    desks.announce(model=Application, seen=seen, until=until, list_number=0, by=scene.office, at=at)
    return fresh(application)


def end_notice(scene: Scene, application: Application, at: datetime) -> Application:
    """Put it on a list of five days, and let the clock pass it on the day after."""
    listed = announce(scene, application, at)
    desks.pass_notice(model=Application, seen={listed.pk: listed.version}, at=at + timedelta(days=5))
    return fresh(application)


def make_application(
    scene: Scene,
    state: str = DeskState.DRAFT,
    applicant: User | None = None,
    *,
    level: str = "county",
    county: Region | None = None,
) -> Application:
    """Make an application of a fresh applicant, or of the one given, and drive it to a state.

    `level` tells which of the two reviews is awaited, `county` or `city`. Officers are those of the scene's first
    county, so another `county` takes drafts and `awaiting_consent` only. Each act comes an hour after the one before.
    """
    application = make_draft(scene, applicant, county=county)
    if state == DeskState.DRAFT:
        return fresh(application)
    drive = _DRIVES[state, level] if state == DeskState.AWAITING_REVIEW else _DRIVES[state]
    drive(scene, submit(application, scene.at))
    return fresh(application)


def _agreed_by(steps: int) -> Callable[[Scene, Application], Application]:
    def drive(scene: Scene, application: Application) -> Application:
        for hour, officer in enumerate(scene.officers.walk()[:steps], start=1):
            application = pass_up(application, officer, scene.at + timedelta(hours=hour))
        return application

    return drive


def _finalising(scene: Scene, application: Application) -> Application:
    return end_notice(scene, _agreed_by(3)(scene, application), scene.at + timedelta(hours=4))


def _passed(scene: Scene, application: Application) -> Application:
    return pass_up(_finalising(scene, application), scene.officers.region, scene.at + timedelta(days=6))


def _given_back(scene: Scene, application: Application) -> Application:
    by, at = actor(scene.officers.unit), scene.at + timedelta(hours=1)
    fields = ["application.plan"]
    return desks.send_back(record=fresh(application), by=by, at=at, opinion="请补充服务计划", fields=fields)


def _turned_down(scene: Scene, application: Application) -> Application:
    by, at = actor(scene.officers.unit), scene.at + timedelta(hours=1)
    return desks.reject(record=fresh(application), by=by, at=at, opinion="专业不对口", ground=GROUND)


def _taken_back(scene: Scene, application: Application) -> Application:
    return desks.withdraw(record=fresh(application), by=actor(user_of(application)), at=scene.at + timedelta(hours=1))


def _lapsed(scene: Scene, application: Application) -> Application:
    returned = _given_back(scene, application)
    desks.lapse(model=Application, seen={returned.pk: returned.version}, at=scene.at + timedelta(days=60))
    return fresh(returned)


_DRIVES: dict[Any, Callable[[Scene, Application], Application]] = {
    DeskState.RETURNED: _given_back,
    DeskState.AWAITING_CONSENT: _agreed_by(0),
    (DeskState.AWAITING_REVIEW, "county"): _agreed_by(1),
    (DeskState.AWAITING_REVIEW, "city"): _agreed_by(2),
    DeskState.ON_NOTICE: _agreed_by(3),
    DeskState.AWAITING_FINALISATION: _finalising,
    DeskState.PASSED: _passed,
    DeskState.REJECTED: _turned_down,
    DeskState.WITHDRAWN: _taken_back,
    DeskState.LAPSED: _lapsed,
}
REACHED = tuple(state for state in DeskState if state in {DeskState.DRAFT, DeskState.AWAITING_REVIEW, *_DRIVES})
"""The states that an application of the scene's pack comes to."""
