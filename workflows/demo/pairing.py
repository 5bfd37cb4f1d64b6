"""How people of the demonstration and their hosts come to terms before they apply: proposed once from each side."""

from apps.applications.models import Application
from apps.core.actors import Actor
from apps.core.refs import desk
from apps.directory.models import Organization, Person
from apps.directory.states import Role
from apps.matching.models import Pairing
from apps.matching.services import pairings
from workflows.demo.play import Play

PLAYED = 2
"""How many come to terms: the first is proposed by the person, the second by the host."""


def come_to_terms(play: Play, draft: Application, person: Actor) -> None:
    """Let a person and the host that his application names agree, as long as not both sides have proposed once."""
    named = str(draft.content.get("application.host", ""))
    if not named or play.paired == PLAYED:
        return
    host = Organization.objects.select_related("region").get(pk=named)
    at_host = play.holder_of(desk(Role.HOST, host.ref))
    sides = [person, at_host] if play.paired == 0 else [at_host, person]
    industry, terms = draft.content["application.industries"][0], draft.content["application.plan"]
    agree(play, draft.person, host, industry, terms, *sides)
    play.paired += 1


def agree(
    play: Play, person: Person, host: Organization, industry: str, terms: str, proposer: Actor, other: Actor
) -> Pairing:
    """Let one side propose that a person serve at a host, and the other agree."""
    proposed = pairings.propose(
        season=play.season, person=person, side=host, industry=industry, terms=terms, by=proposer, at=play.at
    )
    return pairings.agree(pairing=proposed, digest=proposed.digest(), by=other, at=play.at, opinion="同意。")
