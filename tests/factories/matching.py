"""Needs, places in the pool and pairings in the world whose jurisdiction is a city."""

from typing import Any

from apps.matching.models import Need, Pairing, PoolEntry
from apps.matching.services import needs, pairings, pool
from tests.factories.city import City

SAID = {
    "industry": "apples",
    "title": "苹果腐烂病防治",
    "detail": "果园五十亩，腐烂病较重，需要现场指导。",
    "wanted": 1,
    "contact": "郭联系",
    "phone": "13800000000",
}
OFFER = {"industries": ["apples"], "offer": "整形修剪和病虫害防治。"}
TERMS = "每月到园两次，指导整形修剪。"


def write_need(city: City, by: str = "host", **changed: Any) -> Need:
    """Write a need as a host or as the county."""
    place = city.host if by == "host" else city.county
    return needs.write_need(
        season=city.season, place_of_post=place, said={**SAID, **changed}, by=city.by(by), at=city.at
    )


def need_anew(need: Need) -> Need:
    """Read a need as it stands now."""
    return Need.objects.select_related("season", "county").get(pk=need.pk)


def submit_need(city: City) -> Need:
    """Return a need of the host that waits for the county."""
    return need_anew(needs.submit_need(need=write_need(city), by=city.by("host"), at=city.at))


def publish_need(city: City) -> Need:
    """Return a need of the host that is published."""
    need = submit_need(city)
    for officer in ("county", "city"):
        need = need_anew(needs.pass_need(need=need, by=city.by(officer), at=city.at))
    return need


def entry_anew(entry: PoolEntry) -> PoolEntry:
    """Read a place in the pool as it stands now."""
    return PoolEntry.objects.select_related("season", "person").get(pk=entry.pk)


def begin_entry(city: City) -> PoolEntry:
    """Return the applicant's entry, written and not handed in."""
    me = city.by("person")
    entry = pool.enter_pool(season=city.season, person=city.applicant.person, by=me, at=city.at)
    pool.write_entry(entry=entry, said=OFFER, by=me, at=city.at)
    return entry_anew(entry)


def hand_entry_in(city: City) -> PoolEntry:
    """Return the applicant's entry as it waits for the city."""
    return entry_anew(pool.submit_entry(entry=begin_entry(city), by=city.by("person"), at=city.at))


def put_in_pool(city: City) -> PoolEntry:
    """Return the applicant's place in the pool."""
    return entry_anew(pool.admit(entry=hand_entry_in(city), by=city.by("city"), at=city.at))


def propose(city: City, by: str = "person", **changed: Any) -> Pairing:
    """Propose that the applicant serve at the host."""
    given = {"person": city.applicant.person, "side": city.host, "industry": "apples", "terms": TERMS, **changed}
    return pairings.propose(season=city.season, by=city.by(by), at=city.at, **given)


def pairing_anew(pairing: Pairing) -> Pairing:
    """Read a pairing as it stands now."""
    return Pairing.objects.select_related("season", "person", "host", "county").get(pk=pairing.pk)
