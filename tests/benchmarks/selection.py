"""The two-way selection of a region through the database: 5,000 people, 111 groups, 5,379 villages.

People, units and officers are those of the demonstration; wishes and what counties say of them are inserted as sets.
From the freeze on everything goes through the services, as in the demonstration: people consent one by one, units and
counties for all that lies on their desk.
"""

import random
import resource
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.core.management import call_command
from django.db import connection

from apps.core import clock
from apps.core.sets import insert
from apps.directory import divisions_file, services
from apps.directory.models import Person, Region, User
from apps.directory.selectors import actor_for, counties_of
from apps.directory.states import Role, UnitLevel
from apps.matching.models import AllocationRun, Participant, Wish, WishList
from apps.matching.selectors.wishes import industries_of
from apps.matching.services.wishes import Named, admit
from apps.matching.states import WishListState, WishWord
from apps.policies import loading
from apps.seasons.models import ServiceGroup
from tests.benchmarks.figures import Figure, Spent, backend_of_django, spent
from workflows.demo import allocating, people, placing, season, wishing
from workflows.demo.play import Play

PACK = "guangxi-2023"
PEOPLE, VILLAGES = 5_000, 5_379
MOST_WISHES = 3
SECONDS, MEGABYTES = 60, 1024


def measure() -> Iterator[Figure]:
    """Yield what each stage takes, then the sum and the most memory of the process, the making of the data included."""
    call_command("migrate", verbosity=0)
    play = _prepared(random.Random(PEOPLE))
    backend, taken = backend_of_django(), []
    for name, stage in STAGES.items():
        with spent(backend) as found:
            stage(play)
        taken.append(found)
        yield _figure(name, found)
    yield Figure("all of it", [sum(each.wall for each in taken)], " s", "≤", SECONDS)
    yield Figure("all of it, CPU of process and database", [sum(each.cpu for each in taken)], " s", "≤", SECONDS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("most memory of the process", [peak], " MB", "≤", MEGABYTES)
    run = _run(play)
    yield Figure("people placed", [run.report["placed"]])
    yield Figure("shortage left by those who declined", [run.report["shortage"] - run.report["shortage_bound"]])
    told = placing.figures(run)
    left = told["needed"] - told["covered"]
    yield Figure(
        f"villages of {told['needed']:,} not covered, beyond what is proved", [left - told["proved"]], "", "≤", 0
    )


def _figure(name: str, taken: Spent) -> Figure:
    return Figure(f"{name}: {taken.wall:.1f} s, CPU of process and database", [taken.cpu], " s")


def _run(play: Play) -> AllocationRun:
    """Return the newest version of the allocation."""
    return AllocationRun.objects.select_related("season").filter(season=play.season).latest("number")


STAGES: dict[str, Callable[[Play], object]] = {
    "freeze, draw, compute": allocating.begin,
    "balance, second round, offers, with all consents": lambda play: allocating.adjust(play, _run(play)),
    "confirm, announce, publish": lambda play: allocating.settle(play, _run(play)),
    "place all groups, confirm some": lambda play: placing.place_all(play, _run(play)),
}


def _prepared(chance: random.Random) -> Play:
    """Make a season at the moment of its freeze."""
    files = loading.read(PACK)
    pack = loading.parse(files.pack_text, str(files.path))
    services.load_divisions(divisions_file.FOLDER / f"{pack.jurisdiction}.csv")
    region = Region.objects.get(pk=pack.jurisdiction)
    people.officials(region, pack)
    cast = people.cast(region, pack, PEOPLE, 0, chance)
    office = actor_for(User.objects.get(posts__role=Role.COORDINATION_OFFICE))
    at, counties = clock.now(), [county.code for county in counties_of(region)]
    opened = season.opened(
        files=files, jurisdiction=region, year=at.year, title="实测", office=office, opens=at, days=1
    )
    play = Play(opened, office, at, counties, cast.hosts, chance, lambda text: None)
    admit(season=opened, named=[_named(person, chance.choice(counties)) for person in cast.people])
    wishing.prepare(play, round(VILLAGES / placing.VILLAGES_A_PERSON))
    _wish(play)
    play.at += timedelta(days=wishing.WISHING_DAYS + 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return play


def _named(person: Person, county: str) -> Named:
    unit = person.unit
    assert unit is not None
    serves = unit.region_id if unit.level == UnitLevel.COUNTY else county
    return Named(person.pk, unit.pk, unit.level, serves)


def _wish(play: Play) -> None:
    """Insert the wishes of all who choose, handed in and judged."""
    groups = list(ServiceGroup.objects.filter(season=play.season).order_by("pk").values_list("pk", flat=True))
    wanted = [play.chance.random() + wishing.UNPOPULAR for _ in groups]
    industries = industries_of(play.season)
    choosing = Participant.objects.filter(season=play.season, county=None).order_by("person")
    facts = {"season": play.season, "state": WishListState.SUBMITTED, "saved": play.at, "submitted": play.at}
    lists = [WishList(person_id=pk, entries=[], **facts) for pk in choosing.values_list("person", flat=True)]
    wishes = []
    for each in WishList.objects.bulk_create(lists):
        drawn = list(dict.fromkeys(play.chance.choices(groups, wanted, k=3 * MOST_WISHES)))
        for rank, group in enumerate(drawn[: play.chance.randint(1, MOST_WISHES)], 1):
            (word,) = play.chance.choices(list(wishing.WORDS), list(wishing.WORDS.values()))
            points = wishing.POINTS.get(WishWord(word)) if word else None
            said = {"word": word, "points": points, "reason": "—" if word == WishWord.REFUSE else ""}
            industry = play.chance.choice(industries[group])
            wishes.append(Wish(list=each, rank=rank, group_id=group, industry=industry, **said))
    insert(wishes)
