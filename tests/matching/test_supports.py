"""Support of one person by a city and a county at once: allowed with a reason, where the policy speaks of it."""

from dataclasses import replace
from typing import Any

import pytest

from apps.applications.models import Application
from apps.applications.selectors import case_of
from apps.core.log import entries_of
from apps.core.refs import Ref
from apps.desks import services as desks
from apps.desks.states import DeskState
from apps.directory.models import Region
from apps.directory.states import Role
from apps.matching.models import Pairing, Service
from apps.matching.selectors.supports import supports
from apps.matching.services import pairings, pool
from apps.policies import loading
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.writing import services as writing
from tests.factories import actor, fresh, make_officer
from tests.factories.applications import submit
from tests.factories.jiaozuo import Jiaozuo, build_jiaozuo
from tests.factories.matching import TERMS, pairing_anew
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db
WHY = "该产业急需，市县两级商定共同支持。"
WORDS = "原则上市、县（市、区）两级科技特派员不重复支持"


@pytest.fixture
def jiaozuo() -> Jiaozuo:
    return build_jiaozuo()


def season_of(jiaozuo: Jiaozuo, where: Region, year: int = 2026) -> Season:
    """Return another season of the same policy, of a place and a year."""
    office, at = actor(make_officer(Role.COORDINATION_OFFICE, where)), jiaozuo.at.replace(year=year)
    season = seasons.prepare(
        files=loading.read("jiaozuo"), jurisdiction=where, year=year, title="本级选派", by=office, at=at
    )
    return seasons.start(season=season, by=office, at=at)


def serve(season: Season, jiaozuo: Jiaozuo) -> None:
    """Let the applicant serve in a season."""
    person = jiaozuo.applicant.person_id
    pool.note_services(services=[Service(season=season, person_id=person, county=jiaozuo.county)])


def apply_in(season: Season, jiaozuo: Jiaozuo) -> None:
    """Let the applicant have handed in an application in a season."""
    submit(replace(jiaozuo, season=season).drafted(jiaozuo.applicant), jiaozuo.at)


def come_to_terms_in(season: Season, jiaozuo: Jiaozuo) -> None:
    """Let the applicant have an agreed pairing in a season."""
    agree(pairing_of(jiaozuo, season), jiaozuo)


def pairing_of(jiaozuo: Jiaozuo, season: Season | None = None) -> Pairing:
    """Return what the applicant has proposed to the host, in the city's season unless told another."""
    return pairings.propose(
        season=season or jiaozuo.season,
        person=jiaozuo.applicant.person,
        side=jiaozuo.host,
        industry="breeding",
        terms=TERMS,
        by=actor(jiaozuo.applicant),
        at=jiaozuo.at,
    )


def agree(pairing: Pairing, jiaozuo: Jiaozuo, opinion: str = "") -> Pairing:
    row = pairing_anew(pairing)
    return pairings.agree(pairing=row, digest=row.digest(), by=jiaozuo.by("host"), at=jiaozuo.at, opinion=opinion)


by_support = pytest.mark.parametrize(
    ("support", "named"),
    [(serve, ""), (apply_in, "（已申请）"), (come_to_terms_in, "（已达成对接）")],
    ids=["serves", "has applied", "has come to terms"],
)


@by_support
def test_who_is_supported_below_hands_in_with_a_reason_that_is_kept(jiaozuo: Jiaozuo, support: Any, named: str):
    support(season_of(jiaozuo, jiaozuo.county), jiaozuo)
    draft, me = jiaozuo.drafted(jiaozuo.applicant), actor(jiaozuo.applicant)
    refusal = refusal_of(writing.submit, record=draft, by=me, at=jiaozuo.at)
    assert (refusal.code, refusal.basis.quote) == ("no_reason:limits.supports", WORDS)
    (found,) = case_of(fresh(draft), jiaozuo.at).shortfalls
    assert found.found == f"本年度已有：修武县2026年度“本级选派”{named}"
    reasons = {"limits.supports": WHY}
    moved = writing.submit(record=fresh(draft), by=me, at=jiaozuo.at, reasons=reasons)
    assert moved.state == DeskState.AWAITING_CONSENT
    entry = entries_of(Ref("application", str(draft.pk))).get(action="submit")
    assert entry.details["reasons"] == fresh(draft).reasons == reasons


@pytest.mark.parametrize(("code", "year"), [("4108", 2026), ("410821", 2025)], ids=["the same level", "another year"])
def test_what_is_no_support_of_another_level_that_year_asks_for_no_reason(jiaozuo: Jiaozuo, code: str, year: int):
    serve(season_of(jiaozuo, Region.objects.get(pk=code), year), jiaozuo)
    handed_in = submit(jiaozuo.drafted(jiaozuo.applicant), jiaozuo.at)
    assert (handed_in.state, handed_in.reasons) == (DeskState.AWAITING_CONSENT, {})


def test_a_policy_that_does_not_limit_support_asks_for_no_reason(jiaozuo: Jiaozuo):
    text = jiaozuo.season.pack_text.replace("      what: supports\n", "      what: something_else\n")
    Season.objects.filter(pk=jiaozuo.season.pk).update(pack_text=text)
    serve(season_of(jiaozuo, jiaozuo.county), jiaozuo)
    assert agree(pairing_of(jiaozuo), jiaozuo).state == "agreed"


@by_support
def test_a_host_agrees_with_whom_the_county_supports_only_with_a_reason(jiaozuo: Jiaozuo, support: Any, named: str):
    pairing = pairing_of(jiaozuo)
    support(season_of(jiaozuo, jiaozuo.county), jiaozuo)
    refusal = refusal_of(agree, pairing=pairing, jiaozuo=jiaozuo, opinion=" ")
    assert (refusal.code, refusal.basis.quote) == ("no_reason:limits.supports", WORDS)
    assert f"修武县2026年度“本级选派”{named}。" in refusal.reason
    assert agree(pairing, jiaozuo, WHY).state == "agreed"
    assert entries_of(Ref("pairing", str(pairing.pk))).get(action="agree").opinion == WHY


def test_the_furthest_that_it_has_come_at_one_level_is_named_once(jiaozuo: Jiaozuo):
    below = season_of(jiaozuo, jiaozuo.county)
    for support in (come_to_terms_in, apply_in, serve):
        support(below, jiaozuo)
    case = (jiaozuo.applicant.person_id, Season.objects.select_related("jurisdiction").get(pk=jiaozuo.season.pk))
    assert list(supports([case]).values()) == [["修武县2026年度“本级选派”"]]


def test_what_came_to_nothing_below_asks_for_no_reason(jiaozuo: Jiaozuo):
    below = season_of(jiaozuo, jiaozuo.county)
    apply_in(below, jiaozuo)
    gone = Application.objects.get(season=below)
    desks.withdraw(record=gone, by=actor(jiaozuo.applicant), at=jiaozuo.at)
    proposed = pairing_of(jiaozuo, below)
    assert pairing_anew(proposed).state == "draft"
    assert agree(pairing_of(jiaozuo), jiaozuo).state == "agreed"


def test_where_a_whole_batch_is_supported_is_found_in_three_queries(jiaozuo: Jiaozuo, django_assert_num_queries: Any):
    season = Season.objects.select_related("jurisdiction").get(pk=jiaozuo.season.pk)
    for people in ((1,), (1, 2, 3)):
        with django_assert_num_queries(3):
            supports([(person, season) for person in people])
    with django_assert_num_queries(0):
        assert supports([]) == {}
