"""Who may do what in the two-way selection."""

from datetime import datetime
from typing import Any

from apps.core.actors import VIEW, Actor
from apps.desks.permissions import acts_at
from apps.directory.states import Role
from apps.seasons.permissions import manages_the_season

# Wishes


def writes_his_wishes(actor: Actor, wishes: Any, at: datetime) -> bool:
    """Be the person whose wishes they are."""
    return actor.person_id is not None and actor.person_id == wishes.person_id


def receives_wishes(actor: Actor, wishes: Any, at: datetime) -> bool:
    """Sit at the desk of a county, in a case that is not one's own; which wishes are its own, a guard tells."""
    return actor.has_role(Role.SCI_TECH_AUTHORITY, at) and wishes.person_id not in actor.persons_acted_as(at)


# Allocation


def runs_the_allocation(actor: Actor, run: Any, at: datetime) -> bool:
    """Hold a valid post with the grant to manage seasons in the jurisdiction of the run's season."""
    return manages_the_season(actor, run.season, at)


def is_asked_about_it(actor: Actor, adjustment: Any, at: datetime) -> bool:
    """Sit at a desk that has yet to say whether a move may be, in a case that is not one's own, or be the person."""
    return any(acts_at(desk, actor, adjustment, at) for desk in adjustment.awaited_desks())


def may_take_it_out(actor: Actor, adjustment: Any, at: datetime) -> bool:
    """Run the allocation, or be the clock, which clears desks when a run is given up."""
    return actor.is_clock or runs_the_allocation(actor, adjustment.run, at)


# Placement


def places_people(actor: Actor, placement: Any, at: datetime) -> bool:
    """Sit at the desk of a county of the group."""
    return any(actor.sits_at(desk, at) for desk in placement.desks)


def may_compute_it(actor: Actor, placement: Any, at: datetime) -> bool:
    """Be the clock, or sit at the desk of a county of the group, which may have it computed anew."""
    return actor.is_clock or places_people(actor, placement, at)


def keeps_the_list(actor: Actor, sites: Any, at: datetime) -> bool:
    """Run the season, or sit at the desk of the county whose list it is."""
    return manages_the_season(actor, sites.season, at) or actor.sits_at(sites.desk(), at)


def keeps_the_contact(actor: Actor, contact: Any, at: datetime) -> bool:
    """Be the person who serves the village."""
    return actor.person_id is not None and actor.person_id == contact.person_id


def has_a_place(actor: Actor, at: datetime) -> bool:
    """Have a person's file, or see the records of a region."""
    return actor.person_id is not None or any(post.path for post in actor.posts_with(VIEW, at))


# Needs, the pool, pairings


def posts_it(actor: Actor, need: Any, at: datetime) -> bool:
    """Sit at the desk that posts the need."""
    return actor.sits_at(need.poster, at)


def reviews_it(actor: Actor, need: Any, at: datetime) -> bool:
    """Sit at the desk that looks the need through now."""
    return bool(need.desk) and actor.sits_at(need.desk, at)


def may_close_it(actor: Actor, need: Any, at: datetime) -> bool:
    """Post the need, or sit at a desk that looks it through."""
    return posts_it(actor, need, at) or any(actor.sits_at(step["desk"], at) for step in need.route)


def keeps_the_pool(actor: Actor, entry: Any, at: datetime) -> bool:
    """Sit at the desk that keeps the pool, in a case that is not one's own."""
    return acts_at(entry.desk, actor, entry, at)


def is_in_person(actor: Actor, entry: Any, at: datetime) -> bool:
    """Be the person whom it is about."""
    return actor.sits_at(entry.person_desk(), at)


def may_take_out(actor: Actor, entry: Any, at: datetime) -> bool:
    """Be the person himself, or keep the pool."""
    return is_in_person(actor, entry, at) or keeps_the_pool(actor, entry, at)


def is_awaited(actor: Actor, pairing: Any, at: datetime) -> bool:
    """Sit at the desk of the side that has yet to say its word."""
    return acts_at(pairing.awaited_desk(), actor, pairing, at)


def may_take_it_back(actor: Actor, pairing: Any, at: datetime) -> bool:
    """Sit at the desk of either side; the one that was asked answers first."""
    sides = {pairing.desk, pairing.person_desk()}.difference(pairing.awaited_desks())
    return any(acts_at(desk, actor, pairing, at) for desk in sides)


def is_the_clock(actor: Actor, record: Any, at: datetime) -> bool:
    """Be the clock."""
    return actor.is_clock


def asks_the_contact(actor: Actor, at: datetime) -> bool:
    """Have a person's file, and so be one who may help, or look people up for those who need help."""
    return actor.person_id is not None or looks_people_up(actor, at)


def looks_people_up(actor: Actor, at: datetime) -> bool:
    """Hold a post of a host, or one that sees the records of a region."""
    return actor.has_role(Role.HOST, at) or any(post.path for post in actor.posts_with(VIEW, at))
