"""Changes within the term of an appointment in Jinzhong, begun, written and handed in as in life."""

from apps.appointments import services
from apps.appointments.models import Appointment, Change
from apps.appointments.selectors import adjustment_of
from apps.appointments.states import ChangeSort
from apps.core.log import digest_of
from apps.core.uploads import Accepted
from apps.desks import services as desks
from apps.desks.states import Word
from apps.directory.models import Organization, Region
from apps.writing import services as writing
from tests.factories.agreements import signing_at
from tests.factories.city import QIXIAN, City
from tests.factories.every_act import mark_of
from tests.factories.files import PDF
from tests.factories.notices import run_effects

KEY = "in_the_year"
PLAN = "每季度到社两次，指导病虫害防治。"


def again(change: Change) -> Change:
    """Read a change anew."""
    return Change.objects.select_related("season", "person", "county", "appointment").get(pk=change.pk)


def begin_change(city: City) -> Change:
    """Begin to report a change of the applicant's appointment as he himself."""
    appointment = Appointment.objects.select_related("season", "county").get(person=city.applicant.person)
    return services.begin_change(appointment=appointment, key=KEY, by=city.by("person"), at=signing_at(city))


def said_of_change(*sorts: str, **said: str) -> dict[str, str]:
    """Return a change as it is typed: another county and host, another task, and which of it is to be changed."""
    other = Organization.objects.get(name="祁县测试合作社")
    whole = {"county": QIXIAN, "host": str(other.pk), "plan": PLAN, "reason": "原单位停产。", **said}
    chosen = {sort: "yes" if sort in (sorts or ("area", "task")) else "no" for sort in ChangeSort.values}
    return {f"change.{name}": value for name, value in {**chosen, **whole}.items()}


def write_change(city: City, change: Change, *sorts: str, **said: str) -> Change:
    """Write a change in full with its paper: to another county and host, with another task, unless said otherwise."""
    act = {"by": city.by("person"), "at": signing_at(city)}
    writing.save(record=change, typed=said_of_change(*sorts, **said), **act)
    (wanted,) = adjustment_of(change).attachments
    return again(writing.attach(record=change, wanted=wanted, accepted=Accepted(PDF, "pdf", "说明.pdf"), **act))


def make_change(city: City, *sorts: str, **said: str) -> Change:
    """Report a change of the applicant's appointment: it lies with the city, unit and county have it too."""
    written = write_change(city, begin_change(city), *sorts, **said)
    writing.submit(record=written, by=city.by("person"), at=signing_at(city))
    run_effects(signing_at(city))
    return again(written)


def say(city: City, change: Change, party: str, word: str = Word.AGREE, opinion: str = "情况属实。") -> Change:
    """State the opinion of one that a change was reported to."""
    now = again(change)
    (post,) = city.by(party).posts
    return desks.give_verdict(
        record=now,
        replaces=mark_of(now, "change", post.desk),
        party=post.desk,
        word=word,
        digest=digest_of(now.subject()),
        opinion=opinion,
        by=city.by(party),
        at=signing_at(city),
    )


def resolve(city: City, change: Change) -> Change:
    """Resolve a change as the city, with all that comes of it."""
    desks.pass_up(record=again(change), by=city.by("city"), at=signing_at(city), opinion="同意调整")
    run_effects(signing_at(city))
    return again(change)


def place(code: str = QIXIAN) -> Region:
    """Return the other county of the city."""
    return Region.objects.get(pk=code)
