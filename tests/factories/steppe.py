"""Worlds of Inner Mongolia: the region's three levels with a border town, and a city whose institute files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from apps.applications import services
from apps.applications.models import Application
from apps.core.actors import Actor
from apps.desks import services as desks
from apps.directory.models import Organization, Region, User
from apps.directory.states import Role
from apps.policies import loading
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.writing import services as writing
from tests.factories.applications import attach_required, fresh
from tests.factories.people import actor, make_officer, make_person, make_unit, make_user
from tests.factories.places import plant_counties
from tests.factories.scene import AT

NEIMENGGU, BAYANNUR = "15", "1508"
HOHHOT, TUMD, MANZHOULI, LINHE = "1501", "150121", "150781", "150802"
TYPED = {
    "person.name": "云测试",
    "person.sex": "男",
    "person.birth_date": "1985-03-21",
    "person.education": "本科",
    "person.title": "中级",
    "person.specialty": "肉羊养殖",
    "person.years_of_service": "8",
    "application.experience": "带动周边牧户舍饲养羊八年。",
    "application.industries": ["sheep"],
    "application.plan": "每月到嘎查两次，指导舍饲和防疫。",
    "application.pledge": "yes",
    "application.declaration": "yes",
}


@dataclass(frozen=True)
class Steppe:
    """A season in a jurisdiction; `officers` are those of the posts asked for, and the issuer."""

    season: Season
    county: Region
    unit: Organization
    officers: Mapping[str, User]
    at: datetime

    def by(self, name: str) -> Actor:
        """Return an officer as he acts."""
        return actor(self.officers[name])

    def applied(self, category: str, unit: Organization | None, county: Region | None = None) -> Application:
        """Let a new person of a category and unit write a complete application."""
        user = make_user(person=make_person(unit, name="云测试"))
        me = actor(user)
        draft = services.start(season=self.season, person=user.person, by=me, at=self.at)
        places = {"application.county": (county or self.county).pk, "person.unit": str(unit.pk) if unit else ""}
        typed = {**TYPED, **places, "application.category": category}
        writing.save(record=draft, typed=typed, by=me, at=self.at)
        return attach_required(fresh(draft), by=me, at=self.at)

    def submit(self, draft: Application) -> Application:
        """Hand an application in as its applicant."""
        by = actor(User.objects.get(person=draft.person_id))
        return writing.submit(record=fresh(draft), by=by, at=self.at)

    def agree(self, application: Application, *names: str) -> Application:
        """Let officers agree one after the other."""
        for name in names:
            application = desks.pass_up(record=fresh(application), by=self.by(name), at=self.at, opinion="同意")
        return application


def build_region() -> Steppe:
    """Build Inner Mongolia, with officers of a county, its city, the region and a town that reports to the region."""
    known = _regions(NEIMENGGU, HOHHOT, TUMD, MANZHOULI)
    unit = make_unit(known[HOHHOT], name="内蒙古测试大学")
    officers = {
        "unit": make_officer(Role.DISPATCHING_UNIT, unit),
        "county": make_officer(Role.SCI_TECH_AUTHORITY, known[TUMD]),
        "town": make_officer(Role.SCI_TECH_AUTHORITY, known[MANZHOULI]),
        "city": make_officer(Role.SCI_TECH_AUTHORITY, known[HOHHOT]),
        "region": make_officer(Role.SCI_TECH_AUTHORITY, known[NEIMENGGU]),
    }
    return _steppe("inner-mongolia", known[NEIMENGGU], known[TUMD], unit, officers)


def build_bayannur() -> Steppe:
    """Build the city of Bayannur, with officers of a county and of the institute."""
    known = _regions(BAYANNUR, LINHE)
    unit = make_unit(known[BAYANNUR], name="巴彦淖尔测试研究所")
    officers = {
        "unit": make_officer(Role.DISPATCHING_UNIT, unit),
        "county": make_officer(Role.SCI_TECH_AUTHORITY, known[LINHE]),
        "institute": make_officer(Role.SCI_TECH_INSTITUTE, known[BAYANNUR]),
    }
    return _steppe("bayannur", known[BAYANNUR], known[LINHE], unit, officers)


def _regions(*codes: str) -> dict[str, Region]:
    plant_counties(NEIMENGGU, TUMD, LINHE)
    return Region.objects.in_bulk(codes)


def _steppe(
    pack: str, jurisdiction: Region, county: Region, unit: Organization, officers: Mapping[str, User]
) -> Steppe:
    issuer = make_officer(Role.COORDINATION_OFFICE, jurisdiction)
    by = actor(issuer)
    season = seasons.prepare(
        files=loading.read(pack), jurisdiction=jurisdiction, year=AT.year, title="选派", by=by, at=AT
    )
    opened = seasons.start(season=season, by=by, at=AT)
    return Steppe(opened, county, unit, {**officers, "issuer": issuer}, AT)
