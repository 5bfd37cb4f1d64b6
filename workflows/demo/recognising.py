"""Households that apply to be recognised: of one county all are on its list, which is filed, and one invites an expert.

Of another most are on the list, and one waits at each office on the way.
"""

from collections.abc import Mapping, Sequence

from apps.appointments.models import Appointment
from apps.appointments.states import AppointmentState
from apps.desks import services as desks
from apps.directory.models import Post, Region, User
from apps.directory.selectors import actor_for
from apps.policies.facts import FACTS, TOWNSHIP
from apps.policies.values import fields_of, options
from apps.recognition import services
from apps.recognition.models import Recognition, Target
from apps.recognition.selectors import kind_of
from apps.seasons.selectors import pack_of
from apps.writing import services as writing
from apps.writing.selectors import townships_of
from workflows.demo import pairing, people
from workflows.demo.play import Play

TYPED = {
    "recognition.business": "舍饲肉羊三百只，种植饲草料八十亩，带动周边六户。",
    "recognition.wanted": "饲草料配比、羔羊防疫和圈舍消毒。",
    "recognition.voluntary": "yes",
    "recognition.declaration": "yes",
}
INVITED_FOR = "到户指导饲草料配比和羔羊防疫，每季度一次。（示例）"


def recognise(play: Play, county: str, waiting: int = 1) -> Sequence[Post]:
    """Let households of a county apply where the policy recognises them; return the posts of their heads.

    `waiting` is how many are left at each office on their way: the township, then the county.
    """
    kinds = pack_of(play.season).processes.recognised
    if not kinds:
        return []
    heads = people.households(Region.objects.get(pk=county), play.chance)
    handed_in = [_handed_in(play, head, next(iter(kinds)), place) for place, head in enumerate(heads)]
    recommended = [_agreed(play, each) for each in handed_in[waiting:]]
    passed = [_agreed(play, each) for each in recommended[waiting:]]
    left = f"，其余{2 * waiting}户待推荐、待审核" if waiting else ""
    play.say(f"服务对象认定：{len(handed_in)}户申报，{len(passed)}户列入名单{left}")
    return heads


def recognise_and_file(play: Play) -> None:
    """Let all households of the last county be recognised, its list be filed, and the first invite an expert."""
    play.sleep(1)
    heads = recognise(play, play.counties[-1], waiting=0)
    if not heads:
        return
    play.sleep(1)
    _file_list(play)
    _invite(play, heads[0])


def _file_list(play: Play) -> None:
    """Let the county hand in its list as it stands, and the office that the policy names put it on record."""
    target = Target.objects.filter(season=play.season).order_by("pk")[0]
    filing = services.hand_list_in(
        kind=target.kind, county=target.county_id, by=play.holder_of(target.keeper), at=play.at
    )
    services.file_list(filing=filing, by=play.holder_of(filing.desk), at=play.at)
    play.say(f"{filing.title}已备案")


def _invite(play: Play, head: Post) -> None:
    """Let a household that was recognised invite the first expert in service, and him agree."""
    expert = Appointment.objects.filter(season=play.season, state=AppointmentState.ACTIVE).order_by("pk").first()
    if expert is None or head.organization is None:
        return
    target = Target.objects.select_related("recognition").get(season=play.season, host=head.organization)
    industry = target.recognition.content["recognition.industries"][0]
    invited = actor_for(User.objects.get(person=expert.person_id))
    host = actor_for(head.user)
    pairing.agree(play, expert.person, head.organization, industry, INVITED_FOR, host, invited)
    play.say(f"{head.organization}邀请{expert.person.name}服务，对方已同意")


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
