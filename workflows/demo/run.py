"""The demonstration from an empty database to two seasons: one over, one that takes applications today."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.core import sealbook, triggers
from apps.directory import divisions_file
from apps.directory import services as directory
from apps.directory.models import Organization, Person, Region, User
from apps.directory.selectors import actor_for, counties_of
from apps.directory.states import Role
from apps.policies.loading import PackFiles
from apps.policies.schema import Pack
from workflows.demo import logins, people, recognising, season
from workflows.demo.logins import Login
from workflows.demo.play import Play

TRIAL_PEOPLE = 40
TRIAL_COUNTIES = 2
FIRST_OPENED_DAYS_AGO = 60
TRIAL_OPENED_DAYS_AGO = 5
APPLICATION_DAYS = 35
OFFICE_OPENS = 9


class NotEmpty(Exception):
    """Say that somebody's own data lies where the demonstration would start from nothing."""


@dataclass(frozen=True)
class Outcome:
    """The season that ran to its end, and the ways into the one that is open."""

    play: Play
    logins: Sequence[Login]


def empty_database() -> None:
    """Make the tables and take away what an earlier demonstration left; raise NotEmpty for anybody else's data."""
    call_command("migrate", verbosity=0, interactive=False)
    if (
        Person.objects.filter(is_generated=False).exists()
        or Organization.objects.filter(is_generated=False).exists()
        or User.objects.exclude(email__endswith=f"@{people.MAIL_DOMAIN}").exists()
    ):
        raise NotEmpty("数据库中有非演示数据，演示不会覆盖。请用环境变量 KETEPAI_VAR 或 DATABASE_URL 另指一处。")
    triggers.remove()
    call_command("flush", verbosity=0, interactive=False)
    sealbook.set_aside()
    _commit_without_waiting()


def _commit_without_waiting() -> None:
    """Let no commit of this process wait for the disk: what is lost with the power is made anew."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")


def demonstrate(
    *, files: PackFiles, pack: Pack, number: int, seed: int, at: datetime, say: Callable[[str], None]
) -> Outcome:
    """Run everything; `at` is today, `number` how many people apply in the season that runs to its end."""
    chance = random.Random(seed)
    path = divisions_file.find(pack.jurisdiction, files.path.parent)
    assert path is not None, "the command has looked for it"
    say(f"载入区划 {directory.load_divisions(path)} 个")
    region = Region.objects.get(pk=pack.jurisdiction)
    people.officials(region, pack)
    cast = people.cast(region, pack, number, TRIAL_PEOPLE, chance)
    say(f"生成人员 {len(cast.people)} 名、单位 {len(cast.units)} 个（均标为生成数据）")
    office = actor_for(User.objects.get(posts__role=Role.COORDINATION_OFFICE))

    counties = [county.code for county in counties_of(region)]

    def open_season(year: int, mark: str, days_ago: int, served: Sequence[str]) -> Play:
        opens = timezone.localtime(at).replace(hour=OFFICE_OPENS, minute=0, second=0) - timedelta(days=days_ago)
        opened = season.opened(
            files=files,
            jurisdiction=region,
            year=year,
            title=f"{year}年度科技特派员选派（{mark}）",
            office=office,
            opens=opens,
            days=APPLICATION_DAYS,
        )
        return Play(opened, office, opens + timedelta(days=1), served, cast.hosts, chance, say)

    first = open_season(at.year, "演示", FIRST_OPENED_DAYS_AGO, counties)
    season.run_through(first, cast.people[:number])
    trial = open_season(at.year + 1, "试用", TRIAL_OPENED_DAYS_AGO, counties[:TRIAL_COUNTIES])
    season.run_halfway(trial, cast.people[number:-1])
    heads = recognising.recognise(trial, counties[0])
    say(f"{trial.season.title}已开始受理，各环节都有待办")
    ways = [*logins.make(cast.people[-1], counties[0], region, pack), *logins.for_recognition(heads, region, pack)]
    return Outcome(first, ways)
