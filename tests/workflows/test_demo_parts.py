"""What the demonstration plays of each policy besides applications, on the policies that its other tests do not run."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from apps.core import audit
from apps.directory.models import Region, User
from apps.directory.selectors import actor_for, counties_of
from apps.directory.states import Role
from apps.matching.models import Pairing
from apps.policies import loading
from apps.recognition.models import ListFiling, Target
from tests.factories import AT
from tests.factories.places import plant_counties
from workflows.demo import people, season, tally
from workflows.demo.play import Play

pytestmark = pytest.mark.usefixtures("transactional_db")
APPLICANTS = 6
NOTHING = {"contacts": {}, "pairings": {}, "changes": {}, "recognition": {}}


EVENING = AT.astimezone(UTC).replace(hour=17)
"""A moment told in UTC, of a day that is already over where people play."""


def played(policy: str, tree: str, *whole: str, at: datetime = AT) -> Play:
    """Run a season of a policy to its end, in a tree of which only some counties have townships."""
    files, chance = loading.read(policy), random.Random(2023)
    pack = loading.parse(files.pack_text, policy)
    plant_counties(tree, *whole)
    region = Region.objects.get(pk=pack.jurisdiction)
    people.officials(region, pack)
    cast = people.cast(region, pack, APPLICANTS, 0, chance)
    office = actor_for(User.objects.get(posts__role=Role.COORDINATION_OFFICE))
    opened = season.opened(
        files=files, jurisdiction=region, year=at.year, title="演示", office=office, opens=at, days=35
    )
    counties = [county.code for county in counties_of(region)]
    play = Play(opened, office, at + timedelta(days=1), counties, cast.hosts, chance, lambda told: None)
    season.run_through(play, cast.people)
    return play


def test_hosts_are_recognised_their_list_is_filed_and_one_invites_an_expert():
    play = played("bayannur", "15", "150826")
    assert tally.figures(play.season) == {
        **NOTHING,
        "pairings": {"by_person": 0, "by_host": 1, "agreed": 1, "used": 0},
        "recognition": {"applied": 5, "listed": 5, "filed": 1},
    }
    assert ListFiling.objects.get().number == 5
    assert Pairing.objects.get().host_id in Target.objects.values_list("host", flat=True)
    assert audit.verify().verified


def test_two_come_to_terms_with_their_hosts_and_one_is_adjusted_in_the_year():
    play = played("jiaozuo", "4108")
    assert tally.figures(play.season) == {
        **NOTHING,
        "pairings": {"by_person": 1, "by_host": 1, "agreed": 2, "used": 2},
        "changes": {"reported": 1, "resolved": 1, "carried_out": 1},
    }
    assert list(tally.in_words(tally.figures(play.season))) == [
        "双向对接：人选提出1件、服务单位提出1件，双方同意2件，其中2件已用于申请",
        "聘期内调整：报送1件，协调解决1件，已生效1件",
    ]
    assert audit.verify().verified


def test_under_a_policy_that_knows_none_of_it_nothing_of_it_is_played():
    assert tally.figures(played("inner-mongolia", "15").season) == NOTHING


def test_a_moment_told_in_another_zone_is_of_the_day_that_it_is_for_those_who_play():
    play = played("inner-mongolia", "15", at=EVENING)
    assert play.today == play.at.date() + timedelta(days=1)
    window = play.season.windows.order_by("opens")[0]
    assert window.opens == EVENING.date() + timedelta(days=1)
