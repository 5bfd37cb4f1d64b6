"""How one page of a form lies in one window, so that two windows overwrite nothing of each other unseen."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.core import log
from apps.policies.schema import FormStep
from apps.policies.values import fields_of
from apps.seasons.selectors import pack_of
from apps.writing.models import WrittenRecord
from apps.writing.selectors.paper import form_of, label_of, words
from apps.writing.writings import Difference


@dataclass(frozen=True)
class Drawn:
    """A page of the form as it lies in one window: its number, its facts, the digest of what they were, its mark."""

    page: int
    facts: Sequence[str]
    digest: str
    mark: str

    def is_overtaken(self, record: WrittenRecord) -> bool:
        """Tell whether something stands that this window was not drawn from and has not written itself."""
        is_its_own = record.written.get(str(self.page)) == self.mark
        return not is_its_own and self.digest != _digest(record, self.facts)


def drawn(record: WrittenRecord, page: FormStep, number: int) -> Drawn:
    """Return a page of the form as it is to lie in a new window."""
    facts = [field.fact for field in page.fields]
    return Drawn(number, facts, _digest(record, facts), secrets.token_hex(16))


def _digest(record: WrittenRecord, facts: Sequence[str]) -> str:
    return log.digest_of([record.content.get(fact) or "" for fact in facts])


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
