"""Agreements in Jinzhong, brought about as in life: passed, listed on an issued notice, drafted, sent out, signed."""

from datetime import datetime, timedelta

from apps.applications.models import Application
from apps.appointments import services
from apps.appointments.models import Agreement, Appointment
from apps.appointments.states import AgreementState
from apps.core.uploads import Accepted
from apps.desks import services as desks
from apps.notices import services as notices
from apps.notices.models import Notice
from apps.seasons.models import Season
from tests.factories.applications import fresh
from tests.factories.city import City
from tests.factories.notices import run_effects
from workflows import steps

PARTIES = ("city", "person", "host", "unit", "county")
SIGNED_AFTER = timedelta(days=1)


def make_agreement(
    city: City,
    state: str = AgreementState.SIGNING,
    parties: str = ", ".join(PARTIES),
    in_order: bool = False,
    without: str = "",
) -> Agreement:
    """Make the applicant's agreement in a state; the policy names its parties, the first of which draws it up.

    `without` is what the case has none of, unit or host.
    """
    said = f"parties: [{parties}]" + ("\n      in_order: true" if in_order else "")
    text = city.season.pack_text.replace(f"parties: [{', '.join(PARTIES)}]", said)
    Season.objects.filter(pk=city.season.pk).update(pack_text=text)
    application = city.submit(city.from_below())
    for name in ("host", "unit", "county", "city"):
        application = desks.pass_up(record=fresh(application), by=city.by(name), at=city.at, opinion="同意")
    run_effects(city.at)
    steps.draft_notices(city.at)
    notice = Notice.objects.select_related("season").get(state="draft", season=city.season)
    case = Application.objects.filter(pk=application.pk)
    kept = case.values(without).get() if without else {}
    case.update(**dict.fromkeys(kept))
    if without:
        Appointment.objects.filter(application=application.pk).update(**{without: None})
    notices.issue(notice=notice, by=city.by("issuer"), at=city.at)
    run_effects(city.at)
    case.update(**kept)
    agreement = Agreement.objects.get(person=city.applicant.person)
    signing = [party["party"] for party in agreement.content["parties"]]
    if state == AgreementState.DRAFTED or without:
        return agreement
    services.send_out(seen={agreement.pk: agreement.version}, by=city.by(signing[0]), at=signing_at(city))
    run_effects(signing_at(city))
    if state == AgreementState.SIGNED:
        for party in signing:
            sign_as(city, agreement, party)
        run_effects(signing_at(city))
    return again(agreement)


def signing_at(city: City) -> datetime:
    """Return the moment at which agreements are signed."""
    return city.at + SIGNED_AFTER


def again(agreement: Agreement) -> Agreement:
    """Read an agreement anew."""
    return Agreement.objects.select_related("season", "person", "document").get(pk=agreement.pk)


def desk_of_party(agreement: Agreement, party: str) -> str:
    """Return the desk of a party."""
    return next(each["desk"] for each in agreement.content["parties"] if each["party"] == party)


def sign_as(city: City, agreement: Agreement, party: str, by: str = "", scan: Accepted | None = None) -> Agreement:
    """Sign for a party as its officer, or as another, over the text as it stands."""
    now = again(agreement)
    return services.sign(
        agreement=now,
        party=desk_of_party(now, party),
        digest=now.digest(),
        by=city.by(by or party),
        at=signing_at(city),
        scan=scan,
    )


def void_as(city: City, agreement: Agreement, opinion: str = "人选调整") -> Agreement:
    """Give an agreement up as it stands."""
    services.void(agreement=again(agreement), by=city.by("city"), at=signing_at(city), opinion=opinion)
    return again(agreement)


def revise_as(city: City, agreement: Agreement, by: str = "city", **words: object) -> Agreement:
    """Change the words of an agreement as they stand."""
    now = again(agreement)
    said = {"title": now.content["title"], "body": [*now.content["body"], "十、补充条款。"], **words}
    return services.revise(agreement=now, by=city.by(by), at=signing_at(city), opinion="补充条款", **said)
