"""What must happen to a record on a route of any acts, told in a few lines: the model of `test_joint_walk`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone

FIRST_DAY, LAST_DAY = date(2026, 6, 1), date(2026, 7, 15)
CROWDS = {"experts": ("expert 1", "expert 2", "expert 3"), "members": ("member 1", "member 2")}
"""Those of whom an office chooses; one more expert, the colleague of every applicant, is in conflict."""
JOINT = ("verdicts", "scores", "opinions", "resolution")
OVER = ("passed", "rejected", "withdrawn", "lapsed")
IN_SIGHT = ("unit", "county", "city", "region", "institute", "auditor")
"""Who sees whatever was handed in: it is of their unit, or of a region they work for."""
MEANINGS = {"agrees": "agree", "refuses": "refuse", "abstains": "recuse"}


@dataclass(frozen=True)
class Act:
    """One act as somebody tries it; what it needs no part of is left as it is."""

    who: str
    action: str
    at: datetime
    opinion: str = "意见"
    to: int | None = None
    parties: frozenset[str] = frozenset()
    party: str = ""
    word: str = "agree"
    points: int = 0
    is_on_this_text: bool = True
    docket: tuple[str, str] = ("", "")

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class Said:
    """A party asked at a step, and what it said of which text; no word while it is silent."""

    asked: datetime
    word: str = ""
    points: int | None = None
    text: str = ""

    def word_at(self, silence: Mapping[str, Any] | None, at: datetime) -> str:
        """Return the word said, or what the silence means by now."""
        if self.word or silence is None:
            return self.word
        if timezone.localdate(at) - timezone.localdate(self.asked) <= timedelta(days=silence["after_days"]):
            return ""
        return MEANINGS[silence["means"]]


@dataclass(frozen=True)
class Model:
    """What is known of one application: where it is (a number on its way), who was asked, whose words count."""

    steps: Sequence[Mapping[str, Any]]
    resumes: bool
    text: str
    place: int | str = "draft"
    acts: int = 1
    was_handed_in: bool = False
    came_from: int = 0
    may_be_recalled: bool = False
    until: date | None = None
    chosen: Mapping[int, frozenset[str]] = field(default_factory=dict)
    words: Mapping[tuple[int, str], Said] = field(default_factory=dict)

    def after(self, act: Act) -> "Model | None":
        """Return the model after an act, None when it is refused."""
        moved = getattr(self, f"_{act.action}")(act)
        return replace(moved, acts=self.acts + 1) if moved else None

    @property
    def step(self) -> Mapping[str, Any]:
        """Return the step awaited, an empty one when none is."""
        return self.steps[self.place] if isinstance(self.place, int) else {}

    @property
    def act_awaited(self) -> str:
        return str(self.step.get("act", ""))

    @property
    def office(self) -> str:
        return str(self.step.get("office", ""))

    @property
    def parties(self) -> frozenset[str]:
        """Return who is asked at the step awaited."""
        return self.named | self.chosen.get(self.number, frozenset())

    @property
    def named(self) -> frozenset[str]:
        """Return whom the policy itself names at the step awaited."""
        return frozenset(name for name in self.step.get("verdicts", {}).get("of", ()) if name not in CROWDS)

    @property
    def number(self) -> int:
        """Return the number of the step awaited, -1 when none is."""
        return self.place if isinstance(self.place, int) else -1

    @property
    def is_scored(self) -> bool:
        return "sheet" in self.step.get("verdicts", {})

    def may_be_written(self, at: datetime) -> bool:
        """Tell whether the applicant may write: until the window closes, or again when it was returned."""
        is_in_time = timezone.localdate(at) <= LAST_DAY
        return self.place == "returned" or (self.place == "draft" and is_in_time)

    def docket_asked(self) -> str:
        """Return the purpose of the docket that the step awaited is decided by, empty for none."""
        return "meeting" if self.act_awaited == "meeting" else "list" if self.step.get("listed") else ""

    def papers(self) -> set[tuple[str, bool]]:
        """Return who has an open paper, and whether it is the record's own and not one that asks for a word."""
        asked = {(party, False) for party in self.parties if not self.words[self.number, party].word}
        own = set() if self.place in OVER else {(self.office or "applicant", True)}
        return own | asked

    def is_seen_by(self, who: str) -> bool:
        return who == "applicant" or (self.was_handed_in and (who in IN_SIGHT or who in self.parties))

    def _holds(self, who: str) -> bool:
        return bool(self.office) and self.office == who

    def _to(self, place: int | str, at: datetime, **changes: Any) -> "Model":
        """Go to a place, where those are asked who were not yet."""
        moved = replace(self, place=place, **{"may_be_recalled": False, **changes})
        if isinstance(place, int) and any(each["act"] == "notice" for each in moved.steps[place : self._ahead(place)]):
            moved = replace(moved, until=None)
        return moved._with_those_asked(at)

    def _ahead(self, place: int) -> int:
        """Return up to where a public notice is void: none but the next step's on the way up, else all that follow."""
        return place + 1 if place == self.number + 1 and self.number >= 0 else len(self.steps)

    def _with_those_asked(self, at: datetime) -> "Model":
        wanted = {(self.number, party) for party in self.parties}
        kept = {key: said for key, said in self.words.items() if key[0] != self.number or key in wanted}
        return replace(self, words={**dict.fromkeys(wanted, Said(at)), **kept})

    def _words_before(self, step: int) -> dict[tuple[int, str], Said]:
        return {key: said for key, said in self.words.items() if key[0] < step}

    def _submit(self, act: Act) -> "Model | None":
        is_draft = self.place == "draft"
        if act.who != "applicant" or not (is_draft or self.place == "returned"):
            return None
        if is_draft and not FIRST_DAY <= act.day <= LAST_DAY:
            return None
        words = {key: said for key, said in self.words.items() if said.word and said.text == self.text}
        first = self.came_from if self.resumes and not is_draft else 0
        return self._to(first, act.at, words=words, was_handed_in=True)

    def _pass_up(self, act: Act) -> "Model | None":
        if self.act_awaited == "notice":
            may = act.who == "clock" and self.until is not None and act.day > self.until
        else:
            may = self._holds(act.who) and self._may_be_passed(act)
        if not may:
            return None
        above = self.number + 1
        is_last = above == len(self.steps)
        return self._to("passed" if is_last else above, act.at, may_be_recalled=not is_last)

    def _may_be_passed(self, act: Act) -> bool:
        if self.act_awaited in JOINT and not self.is_met(act.at):
            return False
        if self.docket_asked() and act.docket != (self.docket_asked(), "agree"):
            return False
        return bool(act.opinion or not self.step.get("written"))

    def is_met(self, at: datetime) -> bool:
        """Tell whether the words that count meet the rule of the joint step awaited."""
        rule = self.step["verdicts"]
        said = [self.words[self.number, party] for party in self.parties]
        words = [(each.word_at(rule.get("silence"), at), each.points) for each in said]
        voices = [each for each in words if each[0] != "recuse"]
        agreed, refused, silent = (sum(word == each for word, _ in voices) for each in ("agree", "refuse", ""))
        if rule["rule"] == "heard":
            return True
        if len(voices) < rule["at_least"] or (rule["one_refusal"] == "blocks" and refused):
            return False
        return {
            "all": agreed == len(voices) > 0,
            "any": agreed > 0,
            "quorum": agreed >= rule.get("least", 0),
            "average": not silent and _mean(points for _, points in voices) >= rule.get("least", 0),
        }[rule["rule"]]

    def _send_back(self, act: Act) -> "Model | None":
        if not self._holds(act.who) or self.act_awaited == "notice" or not act.opinion:
            return None
        return self._back(act, self.number) if act.to is None or 0 <= act.to < self.number else None

    def _back(self, act: Act, came_from: int) -> "Model":
        if act.to is None:
            return self._to("returned", act.at, came_from=came_from)
        return self._to(act.to, act.at, came_from=came_from, words=self._words_before(act.to))

    def _reject(self, act: Act) -> "Model | None":
        if not self._holds(act.who) or self.act_awaited in ("notice", "filing") or not act.opinion:
            return None
        if self.act_awaited == "meeting" and act.docket != ("meeting", "refuse"):
            return None
        return self._to("rejected", act.at, came_from=self.number)

    def _reopen(self, act: Act) -> "Model | None":
        last = [step["office"] for step in self.steps if step["act"] != "filing"][-1]
        if self.place != "rejected" or act.who != last or not act.opinion:
            return None
        is_on_its_way = act.to is not None and 0 <= act.to <= self.came_from
        return self._back(act, self.came_from) if is_on_its_way else None

    def _withdraw(self, act: Act) -> "Model | None":
        return self._to("withdrawn", act.at) if act.who == "applicant" and self.place not in OVER else None

    def _lapse(self, act: Act) -> "Model | None":
        return self._to("lapsed", act.at) if act.who == "clock" and self.place == "returned" else None

    def _recall(self, act: Act) -> "Model | None":
        below = self.number - 1
        if below < 0 or act.who != self.steps[below]["office"] or not self.may_be_recalled or self.until:
            return None
        words = {key: said for key, said in self.words.items() if key[0] < below or said.word}
        return self._to(below, act.at, words=words)

    def _announce(self, act: Act) -> "Model | None":
        if self.act_awaited != "notice" or not self._holds(act.who) or self.until:
            return None
        return replace(self, until=act.day + timedelta(days=4))

    def _ask(self, act: Act) -> "Model | None":
        if self.act_awaited not in JOINT or not self._holds(act.who):
            return None
        rule = self.step["verdicts"]
        crowd = {name for each in rule["of"] for name in CROWDS.get(each, ())}
        spoken = {party for party in self.parties if self.words[self.number, party].word}
        if not (self.named | spoken <= act.parties <= self.named | crowd) or len(act.parties) < rule["at_least"]:
            return None
        chosen = {**self.chosen, self.number: act.parties - self.named}
        return replace(self, chosen=chosen)._with_those_asked(act.at)

    def _give_verdict(self, act: Act) -> "Model | None":
        if act.party != act.who or act.party not in self.parties or not act.is_on_this_text:
            return None
        if act.word not in MEANINGS.values() or (act.word != "agree" and not act.opinion):
            return None
        key = self.number, act.party
        points = act.points if self.is_scored and act.word != "recuse" else None
        said = Said(self.words[key].asked, act.word, points, self.text)
        return replace(self, words={**self.words, key: said})


def _mean(points: Iterable[int | None]) -> Fraction:
    """Return the mean of the points given, less than any rule asks for when there are none."""
    given = [each for each in points if each is not None]
    return Fraction(sum(given), len(given)) if given else Fraction(-1)
