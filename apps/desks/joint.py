"""What verdicts come to: pure, whatever the process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone

from apps.desks.states import Word
from apps.policies.calendar import Exceptions, Span, last_day
from apps.policies.schema import HEARD


@dataclass(frozen=True)
class Said:
    """One party's part: when it was asked, and its word and points, both empty while it is silent."""

    party: str
    asked: datetime
    word: str = ""
    points: int | None = None


@dataclass(frozen=True)
class Standing:
    """How a joint act stands: whether its rule is met, or can no longer be met; who said what, who is still silent.

    `short_of` is how many more must be asked; `mean` that of the points given, None without any.
    """

    is_met: bool
    is_failed: bool
    agreed: tuple[str, ...]
    refused: tuple[str, ...]
    recused: tuple[str, ...]
    silent: tuple[str, ...]
    short_of: int = 0
    mean: Fraction | None = None


def lasts(silence: Mapping[str, Any]) -> Span:
    """Return for how long one may be silent before it means something: {after_days, means, counting}."""
    return Span(silence["after_days"], silence.get("counting", ""))


def parties_in_words(asked: Mapping[str, Any], number: int) -> str:
    """Count those asked: experts where they fill in a sheet, parties elsewhere."""
    return f"{number}位专家" if asked.get("sheet") else f"{number}方"


def speaking(asked: Mapping[str, Any]) -> str:
    """Say what those asked do."""
    return "评分" if asked.get("sheet") else "表态"


def in_words(word: str, points: int | None) -> str:
    """Say a word with its points, where there are any."""
    label = Word(word).label
    return f"{label}，{points}分" if points is not None else str(label)


def judge(
    asked: Mapping[str, Any], parties: Sequence[Said], at: datetime, exceptions: Exceptions | None = None
) -> Standing:
    """Judge by the rule frozen in a step: {rule, least, at_least, one_refusal, silence}.

    Who recuses himself, or whose silence abstains, is left out; the rule holds over the others, of whom there must be
    `at_least`. All: everybody agrees. Any: one agrees. Quorum: `least` agree. Average: the mean is `least` or more.
    Heard: whatever is said or not, who asks decides.
    """
    words = {said.party: _word(said, asked.get("silence"), at, exceptions) for said in parties}
    by = {word: tuple(party for party, each in words.items() if each == word) for word in ("", *Word.values)}
    agreed, refused, recused, silent = by[Word.AGREE], by[Word.REFUSE], by[Word.RECUSE], by[""]
    points = [said.points for said in parties if said.points is not None and words[said.party] != Word.RECUSE]
    mean = Fraction(sum(points), len(points)) if points else None
    wanted = 0 if asked["rule"] == HEARD else int(asked["at_least"])
    short_of = max(0, wanted - (len(parties) - len(recused)))
    met, failed = _RULES[asked["rule"]](len(agreed), len(refused), len(silent), mean, asked.get("least"))
    failed = failed or (asked["one_refusal"] == "blocks" and bool(refused))
    return Standing(
        is_met=met and not failed and not short_of,
        is_failed=failed and not short_of,
        agreed=agreed,
        refused=refused,
        recused=recused,
        silent=silent,
        short_of=short_of,
        mean=mean,
    )


def _word(said: Said, silence: Mapping[str, Any] | None, at: datetime, exceptions: Exceptions | None) -> str:
    """Return what a party said, or what its silence means once the last day to speak is over."""
    if said.word or silence is None:
        return said.word
    if timezone.localdate(at) <= last_day(timezone.localdate(said.asked), lasts(silence), exceptions):
        return ""
    return {"agrees": Word.AGREE.value, "refuses": Word.REFUSE.value, "abstains": Word.RECUSE.value}[silence["means"]]


def _all(agreed: int, refused: int, silent: int, mean: Fraction | None, least: int | None) -> tuple[bool, bool]:
    return agreed > 0 and not (refused or silent), refused > 0


def _any(agreed: int, refused: int, silent: int, mean: Fraction | None, least: int | None) -> tuple[bool, bool]:
    return agreed > 0, not (agreed or silent)


def _quorum(agreed: int, refused: int, silent: int, mean: Fraction | None, least: int | None) -> tuple[bool, bool]:
    return agreed >= (least or 0), agreed + silent < (least or 0)


def _average(agreed: int, refused: int, silent: int, mean: Fraction | None, least: int | None) -> tuple[bool, bool]:
    reached = mean is not None and mean >= (least or 0)
    return reached and not silent, not (reached or silent)


def _heard(agreed: int, refused: int, silent: int, mean: Fraction | None, least: int | None) -> tuple[bool, bool]:
    return True, False


_RULES = {"all": _all, "any": _any, "quorum": _quorum, "average": _average, HEARD: _heard}
