"""People who were named for a season and choose counties, as far as each test needs them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from apps.directory.models import User
from apps.matching import services
from apps.matching.models import Participant, Wish, WishList
from apps.matching.selectors.wishes import industries_of
from apps.seasons.models import ServiceGroup
from tests.factories.people import actor
from tests.factories.scene import Scene

WISHING_AFTER = timedelta(days=40)


def wishing_at(scene: Scene) -> datetime:
    """Return a moment within the days on which wishes are handed in."""
    return scene.at + WISHING_AFTER


def groups_of(scene: Scene) -> list[ServiceGroup]:
    """Return the service groups of the scene's counties, in their order."""
    return [ServiceGroup.objects.get(season=scene.season, counties=county) for county in scene.counties]


def make_participant(scene: Scene, user: User | None = None, level: str = "city") -> Participant:
    """Let a person take part in the scene's season."""
    person = (user or scene.new_applicant()).person
    named = services.Named(person.pk, person.unit_id, level, scene.county.pk)
    services.admit(season=scene.season, named=[named])
    return Participant.objects.select_related("season", "person").get(season=scene.season, person=person)


def entries_for(groups: Sequence[ServiceGroup]) -> list[dict[str, object]]:
    """Return wishes for groups, each with the first industry of its list."""
    known = industries_of(groups[0].season) if groups else {}
    return [{"group": group.pk, "industry": known[group.pk][0]} for group in groups]


def make_wishes(scene: Scene, groups: Sequence[ServiceGroup], participant: Participant | None = None) -> WishList:
    """Hand in somebody's wishes for groups, in their order."""
    participant = participant or make_participant(scene)
    by = actor(participant.person.user)
    at = wishing_at(scene)
    draft = services.save_wishes(participant=participant, entries=entries_for(groups), by=by, at=at)
    return services.submit_wishes(wishes=draft, by=by, at=at)


def wish_of(wishes: WishList, rank: int = 1) -> Wish:
    """Read a wish anew."""
    return Wish.objects.select_related("list", "group").get(list=wishes.pk, rank=rank)
