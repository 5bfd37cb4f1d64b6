"""A world of Jiaozuo: hosts, a unit that seals a list, experts, a bureau that meets, member units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.applications import services
from apps.applications.models import Application
from apps.core.actors import Actor
from apps.desks.states import DocketPurpose
from apps.directory.models import Organization, Region, User
from apps.directory.states import Role, UnitKind, UnitLevel
from apps.policies import loading
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.writing import services as writing
from tests.factories.applications import attach_required, fresh, pass_up, submit
from tests.factories.every_act import ask, decide_on_docket, speak
from tests.factories.people import actor, make_applicant, make_officer, make_person, make_unit
from tests.factories.places import plant_counties
from tests.factories.scene import SHANGHAI

JIAOZUO, XIUWU = "4108", "410821"
REPORTED = datetime(2026, 4, 15, 10, 0, tzinfo=SHANGHAI)
"""A Wednesday morning within the pack's application window (1 March to 30 April)."""
MEMBERS = ("组织部", "财政局", "人力资源和社会保障局", "乡村振兴局")
TYPED = {
    "person.name": "牛测试",
    "person.sex": "男",
    "person.birth_date": "1985-03-21",
    "person.in_service": "yes",
    "person.education": "硕士",
    "person.title": "中级",
    "person.specialty": "四大怀药栽培",
    "application.experience": "从事怀药栽培推广八年。",
    "application.achievements": "",
    "application.industries": ["breeding"],
    "application.plan": "每月到社两次，指导怀山药脱毒种苗繁育。",
    "application.pledge": "yes",
    "application.declaration": "yes",
}
SCORES = {"demand": 36, "ability": 25, "experience": 12, "plan": 12}


@dataclass(frozen=True)
class Jiaozuo:
    """`applicant` belongs to `unit` and has not applied yet; `colleague` is an expert of the same unit."""

    season: Season
    county: Region
    unit: Organization
    host: Organization
    applicant: User
    officers: dict[str, User]
    experts: Sequence[User]
    colleague: User
    members: Sequence[User]
    at: datetime

    def by(self, name: str) -> Actor:
        """Return an officer as he acts."""
        return actor(self.officers[name])

    def applied(self, name: str = "") -> Application:
        """Let a new person of the unit hand in a complete application, and the host agree to it."""
        user = make_applicant(self.unit, **({"name": name} if name else {}))
        return pass_up(submit(self.drafted(user), self.at), self.officers["host"], self.at)

    def drafted(self, user: User) -> Application:
        """Let a person fill in an application to the host, complete and not handed in."""
        me = actor(user)
        draft = services.start(season=self.season, person=user.person, by=me, at=self.at)
        places = {
            "application.county": self.county.pk,
            "application.host": str(self.host.pk),
            "person.unit": str(self.unit.pk),
        }
        typed = {**TYPED, **places, "person.name": user.person.name}
        writing.save(record=draft, typed=typed, by=me, at=self.at)
        return attach_required(fresh(draft), by=me, at=self.at)

    def listed(self, name: str = "") -> Application:
        """Return a new application that the unit has put on its list and passed up to the bureau."""
        application = self.applied(name)
        decide_on_docket(application, self.officers["unit"], DocketPurpose.LIST, self.at)
        return fresh(application)

    def scored(self, name: str = "") -> Application:
        """Return a new application that three experts have scored and the bureau has passed up to its meeting."""
        application = self.listed(name)
        ask(application, self.by("city"), self.experts, self.at)
        for expert in self.experts:
            speak(application, expert, points=SCORES, at=self.at)
        return pass_up(application, self.officers["city"], self.at + timedelta(hours=1))

    def met(self, name: str = "") -> Application:
        """Return a new application to which the bureau's meeting has agreed."""
        application = self.scored(name)
        decide_on_docket(application, self.officers["city"], DocketPurpose.MEETING, self.at + timedelta(hours=2))
        return fresh(application)


def build_jiaozuo(at: datetime = REPORTED) -> Jiaozuo:
    """Build the world from the shipped divisions and the shipped pack."""
    plant_counties(JIAOZUO, XIUWU)
    known = Region.objects.in_bulk([JIAOZUO, XIUWU])
    region, county = known[JIAOZUO], known[XIUWU]
    unit = make_unit(region, name="焦作测试大学")
    host = make_unit(county, name="修武测试合作社", kind=UnitKind.COOPERATIVE, level=UnitLevel.COUNTY)
    officers = {
        "host": make_officer(Role.HOST, host),
        "unit": make_officer(Role.DISPATCHING_UNIT, unit),
        "city": make_officer(Role.SCI_TECH_AUTHORITY, region),
        "office": make_officer(Role.COORDINATION_OFFICE, region),
    }
    office = actor(officers["office"])
    season = seasons.prepare(
        files=loading.read("jiaozuo"), jurisdiction=region, year=at.year, title="选派", by=office, at=at
    )
    elsewhere = make_unit(region, name="焦作测试研究所")
    return Jiaozuo(
        season=seasons.start(season=season, by=office, at=at),
        county=county,
        unit=unit,
        host=host,
        applicant=make_applicant(unit, name="牛测试"),
        officers=officers,
        experts=[_expert(region, elsewhere, f"专家{name}") for name in "甲乙丙"],
        colleague=_expert(region, unit, "专家丁"),
        members=[make_officer(Role.MEMBER_UNIT, make_unit(region, name=f"焦作测试{name}")) for name in MEMBERS],
        at=at,
    )


def _expert(region: Region, unit: Organization, name: str) -> User:
    return make_officer(Role.EXPERT, region, person=make_person(unit, name=name))
