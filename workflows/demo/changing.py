"""How an appointment changes within its term in the demonstration: reported, heard, resolved, brought about."""

from apps.appointments import services
from apps.appointments.models import Appointment, Change
from apps.appointments.states import AppointmentState, ChangeSort
from apps.core.log import digest_of
from apps.desks import services as desks
from apps.desks.states import JOINT, OFFICE_ACTS, Word
from apps.directory.models import User
from apps.directory.selectors import actor_for
from apps.policies.schema import Adjustment
from apps.seasons.selectors import pack_of
from apps.writing import services as writing
from workflows.demo import signing
from workflows.demo.play import Play
from workflows.demo.samples import picture

PLAN = "每季度到点两次，指导病虫害防治和产后加工。（示例）"
REASON = "原服务地点的产业有调整，新的服务地点急需技术指导。（示例）"


def change(play: Play) -> None:
    """Let the first who is in service ask to serve elsewhere with another task, where the policy knows of changes.

    Agreements that say what has changed are signed anew.
    """
    adjustment = next(iter(pack_of(play.season).sheet.adjustments), None)
    serving = Appointment.objects.filter(season=play.season, state=AppointmentState.ACTIVE)
    now = serving.select_related("season", "county").order_by("pk").first()
    if adjustment is None or now is None:
        return
    play.sleep(1)
    handed_in = _reported(play, now, adjustment)
    play.sleep(1)
    resolved = _resolved(play, handed_in)
    play.sleep(1)
    again = signing.sign_again(play)
    play.say(f"{adjustment.label}：{resolved.number}已报送、协调解决并生效" + (f"，重签协议{again}份" if again else ""))


def _reported(play: Play, now: Appointment, adjustment: Adjustment) -> Change:
    person = actor_for(User.objects.get(person=now.person_id))
    begun = services.begin_change(appointment=now, key=adjustment.id, by=person, at=play.at)
    begun = writing.save(record=begun, typed=_said(play, now, adjustment), by=person, at=play.at)
    for wanted in adjustment.attachments:
        begun = writing.attach(record=begun, wanted=wanted, accepted=picture(), by=person, at=play.at)
    return writing.submit(record=begun, by=person, at=play.at)


def _said(play: Play, now: Appointment, adjustment: Adjustment) -> dict[str, str]:
    """Say what shall change: the county and host served, and the task, as far as the policy lets them."""
    county = next(code for code in play.counties if code != now.county_id)
    host = str(play.hosts[county][0].pk) if now.host_id else ""
    changed = (ChangeSort.AREA, ChangeSort.TASK)
    sorts = {f"change.{sort}": "yes" if sort in changed else "no" for sort in adjustment.changes}
    places = {"change.county": county, "change.host": host}
    return {**sorts, **places, "change.plan": PLAN, "change.reason": REASON}


def _resolved(play: Play, change: Change) -> Change:
    """Let each office on the way hear whom it must, then agree."""
    while change.state in OFFICE_ACTS:
        for party in change.parties() if change.state in JOINT else ():
            change = desks.give_verdict(
                record=change,
                party=party,
                word=Word.AGREE,
                digest=digest_of(change.subject()),
                opinion="情况属实。",
                by=play.holder_of(party),
                at=play.at,
            )
        officer = play.holder_of(change.desk)
        change = desks.pass_up(record=_read(change), by=officer, at=play.at, opinion="情况属实，同意调整。")
    return change


def _read(change: Change) -> Change:
    return Change.objects.select_related("season", "person", "county", "appointment").get(pk=change.pk)
