"""Households of a county that apply to be recognised: most are on its list, one waits at each office on the way."""

from collections.abc import Mapping, Sequence

from apps.desks import services as desks
from apps.directory.models import Post, Region
from apps.directory.selectors import actor_for
from apps.policies.facts import FACTS, TOWNSHIP
from apps.policies.values import fields_of, options
from apps.recognition import services
from apps.recognition.models import Recognition
from apps.recognition.selectors import kind_of
from apps.seasons.selectors import pack_of
from apps.writing import services as writing
from apps.writing.selectors import townships_of
from workflows.demo import people
from workflows.demo.play import Play

TYPED = {
    "recognition.business": "舍饲肉羊三百只，种植饲草料八十亩，带动周边六户。",
    "recognition.wanted": "饲草料配比、羔羊防疫和圈舍消毒。",
    "recognition.voluntary": "yes",
    "recognition.declaration": "yes",
}
WAITING = 2
"""How many are left on their way: one at its township, one at the county."""


def recognise(play: Play) -> Sequence[Post]:
    """Let households of the first county apply where the policy recognises them; return the posts of their heads."""
    kinds = pack_of(play.season).processes.recognised
    if not kinds:
        return []
    heads = people.households(Region.objects.get(pk=play.counties[0]), play.chance)
    handed_in = [_handed_in(play, head, next(iter(kinds)), place) for place, head in enumerate(heads)]
    recommended = [_agreed(play, each) for each in handed_in[1:]]
    passed = [_agreed(play, each) for each in recommended[1:]]
    play.say(f"服务对象认定：{len(handed_in)}户申报，{len(passed)}户列入名单，其余{WAITING}户待推荐、待审核")
    return heads


def _handed_in(play: Play, head: Post, kind: str, place: int) -> Recognition:
    assert head.organization is not None
    host = actor_for(head.user)
    draft = services.start(season=play.season, host=head.organization, kind=kind, by=host, at=play.at)
    writing.save(record=draft, typed=_typed(play, draft, place), by=host, at=play.at)
    return writing.submit(record=draft, by=host, at=play.at)


def _typed(play: Play, draft: Recognition, place: int) -> Mapping[str, object]:
    """Fill in the form: the township at a place in the county's list, one choice of each list of the pack."""
    pack = pack_of(play.season)
    asked = [FACTS[field.fact] for field in fields_of(kind_of(draft).form)]
    chosen = {fact.name: [play.chance.choice(options(fact, pack))[0]] for fact in asked if options(fact, pack)}
    township = {fact.name: townships_of(draft)[place].pk for fact in asked if fact.type == TOWNSHIP}
    return {**TYPED, **chosen, **township}


def _agreed(play: Play, recognition: Recognition) -> Recognition:
    return desks.pass_up(record=recognition, by=play.holder_of(recognition.desk), at=play.at, opinion="同意")
