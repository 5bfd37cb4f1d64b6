"""What is known of each kind that is written, and the numbers on receipts."""

import pytest

from apps.applications.models import Application
from apps.appointments.models import Change
from apps.recognition.models import Recognition
from apps.writing import writings
from apps.writing.models import WrittenRecord

KINDS = {"application": Application, "recognition": Recognition, "change": Change}


@pytest.mark.parametrize(("kind", "model"), KINDS.items())
def test_a_record_and_the_number_on_its_receipt_lead_to_its_kind(kind: str, model: type[WrittenRecord]):
    record = model(pk=17, season_id=3)
    writing = writings.of(record)
    assert (writing.kind, writing.model, writings.named(kind)) == (kind, model, writing)
    assert writings.numbered(f" {record.number.lower()} ") == (writing, 17)
    assert [other for other in KINDS.values() if writings.key_of(record.number, other) == 17] == [model]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SQ",
        "SQ0001",
        "SQ00010000001",
        "SQ0001000000012",
        "SQ０００１０００００００１",
        "XX000100000001",
        "000100000001",
    ],
)
def test_what_is_no_number_names_no_record(text: str):
    assert writings.numbered(text) is None


def test_what_nobody_writes_has_no_form():
    assert writings.named("season") is None
