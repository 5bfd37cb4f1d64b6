"""What is done to be recognised, and to keep and file the lists of those recognised."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import door
from apps.core.actors import CLOCK, Actor
from apps.core.days import written_day
from apps.core.refs import desk
from apps.core.refusals import Refusal, Refused
from apps.desks.routes import starting_desk
from apps.desks.services import grounded
from apps.desks.states import OPEN
from apps.desks.walks import Ground
from apps.directory.models import Organization, Region
from apps.directory.states import Level, Role
from apps.matching.selectors.needs import county_of
from apps.recognition.guards import NOTHING_CHANGED
from apps.recognition.models import ListFiling, Recognition, Target
from apps.recognition.selectors import IS_LISTED, drawn, kind_of, lists_kept, scopes
from apps.recognition.selectors.cases import PLACE
from apps.recognition.states import FilingAction, TargetAction, TargetState
from apps.seasons.guards import season_over
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of
from apps.writing import services as writing


def start(*, season: Season, host: Organization, kind: str, by: Actor, at: datetime) -> Recognition:
    """Begin a host's application to be recognised, or return the one under way.

    Raises Refused for another's host, a kind that the season does not know, a host that lies elsewhere or is listed.
    """
    starter = desk(Role.HOST, host.ref)
    if not by.sits_at(starter, at):
        raise Refused(Refusal("not_yours", "您当前的任职不能以此单位（户）名义申请。", "请由该单位（户）经办人办理。"))
    if by.person_id is None:
        raise Refused(Refusal("no_file", "您的账号没有个人档案。", "请联系旗县区科技管理部门登记后再申请。"))
    county = _refuse_unfit(season, host, kind)
    under_way = Recognition.objects.filter(kind=kind, host=host, state__in=OPEN)
    if found := under_way.first():
        return found
    label = pack_of(season).processes.recognised[kind].label
    draft = Recognition(
        season=season, person_id=by.person_id, starter=starter, county=county, kind=kind, label=label, host=host
    )
    return writing.begin(draft, find=under_way.first, by=by, at=at)


def _refuse_unfit(season: Season, host: Organization, kind: str) -> Region:
    """Return the county in which a host lies; raise Refused where it cannot be recognised as a kind."""
    county = county_of(host.region)
    if ended := season_over(season):
        raise Refused(ended)
    if kind not in pack_of(season).processes.recognised:
        raise Refused(Refusal("unknown_kind", "本批次的政策没有此类认定。", "请从列表中选择。"))
    if county is None or not county.path.startswith(season.jurisdiction.path):
        raise Refused(Refusal("not_in_season", "该单位（户）所在地不在本批次范围内。", "请先登记到所在旗县区。"))
    if Target.objects.filter(kind=kind, host=host, state=TargetState.LISTED).exists():
        raise Refused(IS_LISTED)
    return county


def settle(recognition: Recognition) -> Sequence[str]:
    """Let the township follow the entry that names it, where it lies in the county of the host."""
    below = Region.objects.filter(parent=recognition.county_id, level=Level.TOWNSHIP)
    recognition.township = below.filter(pk=str(recognition.content.get(PLACE) or "")[:12]).first()
    return ("township",)


@transaction.atomic
def list_recognised(*, records: Collection[int], at: datetime) -> list[Target]:
    """Put the hosts of recognitions that have passed on the lists of their keepers, each once."""
    beside = ("season__jurisdiction", "county", "host", "township")
    passed = Recognition.objects.filter(pk__in=records, target=None).select_related(*beside).order_by("pk")
    return door.create([_target(each, at) for each in passed], by=CLOCK, at=at)


def _target(recognition: Recognition, at: datetime) -> Target:
    pack, keeping = pack_of(recognition.season), kind_of(recognition).keeping
    assert recognition.county is not None
    return Target(
        recognition=recognition,
        season=recognition.season,
        kind=recognition.kind,
        label=recognition.label,
        host=recognition.host,
        county=recognition.county,
        township=recognition.township,
        keeper=starting_desk(pack, keeping.office, scopes(recognition)),
        since=timezone.localdate(at),
        moved=at,
    )


def take_off(
    *, target: Target, by: Actor, at: datetime, opinion: str, ground: Ground | None, token: str = ""
) -> Target:
    """Take a host off the list on a ground of the policy, with the reason, and tell it."""
    said = grounded(ground)
    return door.advance_one(target, TargetAction.TAKE_OFF, token_key=token, by=by, at=at, opinion=opinion, **said)


def put_back(*, target: Target, by: Actor, at: datetime, opinion: str, token: str = "") -> Target:
    """Put a host back on the list, with the reason, and tell it."""
    return door.advance_one(target, TargetAction.PUT_BACK, token_key=token, by=by, at=at, opinion=opinion)


# Lists


def hand_list_in(*, kind: str, county: str, by: Actor, at: datetime) -> ListFiling:
    """Draw a list as it stands and hand it in to the office with which the policy has it filed.

    Raises Refused for who does not keep it, while one waits to be filed, and where nothing has changed.
    """
    kept = next((each for each in lists_kept(by, at) if (each.kind, each.county.pk) == (kind, county)), None)
    if kept is None:
        raise Refused(Refusal("not_yours", "您不管理此名单，或此名单不需要备案。", "请由管理名单的机关报送。"))
    if not kept.changes:
        raise Refused(NOTHING_CHANGED)
    list_now, pack = drawn(kind, county), pack_of(kept.season)
    places = {
        "record.county_served": kept.county.ref,
        "jurisdiction": kept.season.jurisdiction.ref,
    }
    filing = ListFiling(
        season=kept.season,
        kind=kind,
        county=kept.county,
        keeper=starting_desk(pack, pack.processes.recognised[kind].keeping.office, places),
        desk=starting_desk(pack, kept.office, places),
        title=f"{kept.county}{kept.label}名单（{written_day(timezone.localdate(at))}报送）",
        lines=list(list_now.lines),
        number=list_now.number,
        changes=list_now.changes,
        drawn=at,
    )
    try:
        with transaction.atomic():
            return door.create([filing], by=by, at=at)[0]
    except IntegrityError as error:
        raise Refused(Refusal("under_way", "上一次报送的名单尚未备案。", "请待备案或退回更正后再报送。")) from error


def hand_list_in_again(
    *, filing: ListFiling, by: Actor, at: datetime, opinion: str = "", token: str = ""
) -> ListFiling:
    """Hand in a list that was given back, as it stands now."""
    return door.advance_one(filing, FilingAction.SUBMIT, token_key=token, by=by, at=at, opinion=opinion)


def file_list(*, filing: ListFiling, by: Actor, at: datetime, opinion: str = "", token: str = "") -> ListFiling:
    """Put a list on record."""
    return door.advance_one(filing, FilingAction.FILE, token_key=token, by=by, at=at, opinion=opinion)


def send_list_back(*, filing: ListFiling, by: Actor, at: datetime, opinion: str, token: str = "") -> ListFiling:
    """Give a list back to its keeper to be put right, with a reason."""
    return door.advance_one(filing, FilingAction.SEND_BACK, token_key=token, by=by, at=at, opinion=opinion)
