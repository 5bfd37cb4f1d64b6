"""What lies in two windows of one form, and how the one differs from the other."""

from collections.abc import Mapping
from typing import Any

from apps.policies.schema import FormStep
from apps.policies.values import fields_of
from apps.seasons.selectors import pack_of
from apps.writing.models import WrittenRecord
from apps.writing.selectors.paper import form_of, label_of, words
from apps.writing.writings import Difference


def standing(record: WrittenRecord, page: FormStep) -> list[Any]:
    """Return what stands on one page of a record's form."""
    return [record.content.get(field.fact) or "" for field in page.fields]


def checked(record: WrittenRecord) -> list[Any]:
    """Return what its writer looks over before he hands it in."""
    return [record.content, record.files]


def differences(record: WrittenRecord, typed: Mapping[str, Any]) -> list[Difference]:
    """Compare what stands in a record with what was typed, entry by entry."""
    pack, asked = pack_of(record.season), fields_of(form_of(record))
    other = [each for each in asked if each.fact in typed and differs(record, each.fact, typed[each.fact])]
    return [
        Difference(label_of(each), words(each.fact, record.content, pack), words(each.fact, typed, pack))
        for each in other
    ]


def differs(record: WrittenRecord, fact: str, typed: Any) -> bool:
    """Tell whether an entry stands otherwise than it was typed."""
    return bool((record.content.get(fact) or "") != (typed or ""))
