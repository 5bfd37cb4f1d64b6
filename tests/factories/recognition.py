"""A world in which hosts are recognised: a household with its township, and every office on its way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from apps.core.actors import Actor
from apps.core.models import Recorded
from apps.desks import services as desks
from apps.directory.models import Organization, Region, User
from apps.directory.states import Level, Role, UnitKind, UnitLevel
from apps.policies import loading
from apps.recognition import services
from apps.recognition.models import ListFiling, Recognition, Target
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.writing import services as writing
from tests.factories.notices import run_effects
from tests.factories.people import actor, make_officer, make_person, make_unit
from tests.factories.scene import AT
from tests.factories.steppe import Steppe, build_bayannur

R = TypeVar("R", bound=Recorded)
FILLED = {
    "recognition.industries": ["sheep"],
    "recognition.business": "舍饲肉羊三百只，带动周边六户。",
    "recognition.wanted": "饲草料配比和防疫。",
    "recognition.voluntary": "yes",
    "recognition.declaration": "yes",
}


def anew(record: R) -> R:
    """Read a record as it stands now."""
    return type(record)._default_manager.get(pk=record.pk)


@dataclass(frozen=True)
class Hosts:
    """`host` is a household in `township` of `county`; `officers` hold its desk and all others on the way."""

    season: Season
    county: Region
    township: Region
    host: Organization
    officers: Mapping[str, User]
    at: datetime

    def by(self, name: str) -> Actor:
        """Return an officer as he acts."""
        return actor(self.officers[name])

    def begin(self, kind: str = "household", **changed: Any) -> Recognition:
        """Let the host write a complete application; `changed` replaces entries, with `__` for the dot."""
        me = self.by("host")
        draft = services.start(season=self.season, host=self.host, kind=kind, by=me, at=self.at)
        typed = {**FILLED, "recognition.township": self.township.pk}
        typed |= {name.replace("__", "."): value for name, value in changed.items()}
        writing.save(record=draft, typed=typed, by=me, at=self.at)
        return anew(draft)

    def hand_in(self, kind: str = "household") -> Recognition:
        """Let the host hand in a complete application."""
        return writing.submit(record=self.begin(kind), by=self.by("host"), at=self.at)

    def agree(self, recognition: Recognition, *names: str) -> Recognition:
        """Let officers agree one after the other."""
        for name in names:
            recognition = desks.pass_up(record=anew(recognition), by=self.by(name), at=self.at)
        return recognition

    def recognise(self) -> Target:
        """Return the household on the list of its county."""
        passed = self.agree(self.hand_in(), "township", "county")
        run_effects(self.at)
        return Target.objects.get(recognition=passed)

    def hand_list_in(self, at: datetime | None = None) -> ListFiling:
        """Let the county hand in its list as it stands."""
        return services.hand_list_in(kind="household", county=self.county.pk, by=self.by("county"), at=at or self.at)

    def another(self, name: str) -> "Hosts":
        """Return the same world with another household of the township."""
        host, officer = _household(self.county, name)
        return replace(self, host=host, officers={**self.officers, "host": officer})


def _household(county: Region, name: str) -> tuple[Organization, User]:
    host = make_unit(county, name=name, kind=UnitKind.OTHER, level=UnitLevel.TOWNSHIP)
    return host, make_officer(Role.HOST, host, person=make_person(host, name=f"{name}户主"))


def build_hosts(steppe: Steppe | None = None) -> Hosts:
    """Build the world in the city of Bayannur."""
    known = steppe or build_bayannur()
    region = known.season.jurisdiction
    officers = {
        **known.officers,
        "city": make_officer(Role.SCI_TECH_AUTHORITY, region),
        "department": make_officer(Role.MEMBER_UNIT, make_unit(region, name="巴彦淖尔测试组织部")),
    }
    return hosts_in(known.season, known.county, officers, known.at)


def hosts_in(season: Season, county: Region, officers: Mapping[str, User], at: datetime) -> Hosts:
    """Build a household and its township in a county of a season."""
    township = Region.objects.filter(parent=county, level=Level.TOWNSHIP).order_by("code")[0]
    host, officer = _household(county, "测试养殖户")
    seated = {"township": make_officer(Role.TOWNSHIP_OFFICE, township), "host": officer}
    return Hosts(season, county, township, host, {**officers, **seated}, at)


def recognising_season(jurisdiction: Region, by: Actor, at: datetime = AT) -> Season:
    """Open a season of the pack of Bayannur elsewhere, as though it were the policy of that place."""
    files = loading.read("bayannur")
    text = files.pack_text.replace('jurisdiction: "1508"', f'jurisdiction: "{jurisdiction.pk}"')
    season = seasons.prepare(
        files=replace(files, pack_text=text), jurisdiction=jurisdiction, year=at.year, title="认定", by=by, at=at
    )
    return seasons.start(season=season, by=by, at=at)
