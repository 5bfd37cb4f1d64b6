"""One small world in which a season runs: places, a unit, an applicant, an officer at every desk."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from apps.core.actors import Actor
from apps.directory.models import Organization, Region, User
from apps.directory.states import Role
from apps.seasons.models import Season
from tests.factories import places
from tests.factories.people import actor, make_applicant, make_officers, make_unit
from tests.factories.seasons import make_season

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 6, 10, 10, 0, tzinfo=SHANGHAI)
"""A Wednesday morning within the pack's application window (1 June to 15 July)."""


@dataclass(frozen=True)
class Officers:
    """Who sits at the desks of the first county's walk, in its order, and who only looks on."""

    unit: User
    county: User
    city: User
    region: User
    auditor: User

    def walk(self) -> tuple[User, User, User, User]:
        return self.unit, self.county, self.city, self.region


@dataclass(frozen=True)
class Scene:
    """`cities` are 南宁 and 柳州, `counties` 宾阳 and 隆安 (南宁) and 柳城 (柳州).

    `applicant` belongs to `unit` and has not applied yet; `stranger` is an officer of another city and county.
    """

    season: Season
    region: Region
    cities: tuple[Region, ...]
    counties: tuple[Region, ...]
    unit: Organization
    applicant: User
    officers: Officers
    stranger: User
    at: datetime

    @property
    def county(self) -> Region:
        return self.counties[0]

    def new_applicant(self) -> User:
        """Make one more person of the same unit."""
        return make_applicant(self.unit)

    @property
    def office(self) -> Actor:
        """Return the region's coordinating officer as he acts."""
        return actor(self.officers.region)


def build_scene(*, at: datetime = AT, opened: bool = True, window: tuple[date, date] | None = None) -> Scene:
    """Build the world at a moment; the season is of that year."""
    region = places.plant_regions()
    known = Region.objects.in_bulk()
    cities = tuple(known[code] for code in (places.NANNING, places.LIUZHOU))
    counties = tuple(known[code] for code in (places.BINYANG, places.LONGAN, places.LIUCHENG))
    unit = make_unit(cities[0], name="广西测试大学")
    authority = Role.SCI_TECH_AUTHORITY
    *seated, stranger = make_officers(
        (Role.DISPATCHING_UNIT, unit, "单位经办"),
        (authority, counties[0], "县经办"),
        (authority, cities[0], "市经办"),
        (Role.COORDINATION_OFFICE, region, "区经办"),
        (Role.AUDITOR, region, "审计"),
        (authority, counties[2], "外县经办"),
    )
    officers = Officers(*seated)
    return Scene(
        season=make_season(region, by=actor(officers.region), at=at, opened=opened, window=window),
        region=region,
        cities=cities,
        counties=counties,
        unit=unit,
        applicant=make_applicant(unit, name="韦测试"),
        officers=officers,
        stranger=stranger,
        at=at,
    )
