"""Two who act on an agreement at the same moment: both signatures stand, and a void one is drawn up anew but once."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from apps.appointments import services
from apps.appointments.models import Agreement, Signature
from apps.appointments.states import AgreementState
from apps.core import audit
from apps.core.refusals import Refused
from tests.factories import build_city
from tests.factories.agreements import again, desk_of_party, make_agreement, sign_as, signing_at, void_as

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


@pytest.fixture(params=[True, False], ids=["unique", "control without the constraints"])
def unique(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[bool]:
    """Run a test twice: as it is, and without what lets a record have one live agreement, and one replace another."""
    if request.param:
        yield True
        return
    table, quoted = Agreement._meta.db_table, connection.ops.quote_name
    (live,) = (each for each in Agreement._meta.constraints if each.name == "one_live_agreement_about_a_record")
    with connection.cursor() as cursor:
        known = connection.introspection.get_constraints(cursor, table)
    (instead,) = (name for name, each in known.items() if each["unique"] and each["columns"] == ["replaces_id"])
    with connection.schema_editor() as editor:
        editor.remove_constraint(Agreement, live)
        editor.execute(f"ALTER TABLE {quoted(table)} DROP CONSTRAINT {quoted(instead)}")
    yield False
    Agreement.objects.exclude(replaces=None).delete()
    with connection.schema_editor() as editor:
        editor.execute(f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {quoted(instead)} UNIQUE (replaces_id)")
        editor.add_constraint(Agreement, live)


def test_of_two_who_draw_a_void_agreement_up_anew_at_once_one_does(at_once: Callable[..., list], unique: bool):
    city = build_city()
    agreement = void_as(city, make_agreement(city))

    def draw() -> Agreement:
        return services.draw_up_anew(agreement=again(agreement), by=city.by("city"), at=signing_at(city))

    results = at_once(draw, draw)
    refused = [each.refusals[0].code for each in results if isinstance(each, Refused)]
    assert refused == (["drawn_up_already"] if unique else [])
    assert sum(isinstance(each, Agreement) for each in results) == 2 - len(refused)
    assert Agreement.objects.filter(replaces=agreement).count() == 2 - len(refused)
    assert audit.verify().faults == ()
