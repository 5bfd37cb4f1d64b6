"""Two parties who sign at the same moment: both signatures stand, and the last of them closes the agreement."""

from collections.abc import Callable

import pytest

from apps.appointments import services
from apps.appointments.models import Agreement, Signature
from apps.appointments.states import AgreementState
from apps.core import audit
from apps.core.refusals import Refused
from tests.factories import build_city
from tests.factories.agreements import again, desk_of_party, make_agreement, sign_as, signing_at

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_parties_sign_at_once_and_neither_signature_is_lost(
    at_once: Callable[..., list], slow_door: None, locked: bool
):
    city = build_city()
    agreement = make_agreement(city, parties="unit, person")
    results = at_once(lambda: sign_as(city, agreement, "unit"), lambda: sign_as(city, agreement, "person"))
    kept = again(agreement)
    sound = (
        not any(isinstance(result, Exception) for result in results)
        and (kept.state, kept.remaining) == (AgreementState.SIGNED, 0)
        and Signature.objects.count() == 2
        and not audit.verify().faults
    )
    assert sound == locked


def test_a_signature_and_a_change_of_the_text_at_once_never_leave_a_signature_on_other_words(
    at_once: Callable[..., list], slow_door: None, locked: bool
):
    city = build_city()
    agreement = make_agreement(city)
    digest, body = agreement.digest(), [*agreement.content["body"], "十、补充条款。"]
    party, at = desk_of_party(agreement, "unit"), signing_at(city)

    def change() -> Agreement:
        return services.revise(
            agreement=agreement, title="选派协议", body=body, by=city.by("city"), at=at, opinion="补充"
        )

    def sign() -> Agreement:
        return services.sign(agreement=again(agreement), party=party, digest=digest, by=city.by("unit"), at=at)

    results = at_once(sign, change)
    standing = Signature.objects.filter(void=None).values_list("digest", flat=True)
    sound = set(standing) <= {again(agreement).digest()} and not any(
        isinstance(result, Exception) and not isinstance(result, Refused) for result in results
    )
    assert sound == locked
