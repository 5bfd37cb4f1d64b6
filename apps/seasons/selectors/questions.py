"""What the policy leaves open, and how a season settles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.policies import answers
from apps.policies.schema import OpenQuestion, Pack
from apps.seasons.models import Season
from apps.seasons.states import SeasonState


@dataclass(frozen=True)
class QuestionShown:
    """An open question with what holds now, as stored and in words: the pack's `default`, or the season's own choice.

    `options` holds what may be chosen as (value, label), empty where a value is typed.
    """

    question: OpenQuestion
    chosen: Any
    in_words: str
    default: str
    options: Sequence[tuple[str, str]]
    is_changed: bool
    may_be_answered: bool


def questions_shown(season: Season, pack: Pack) -> list[QuestionShown]:
    """Return what the policy leaves open and how this season settles it."""
    return [_question_shown(question, season, pack) for question in pack.open_questions]


def _question_shown(question: OpenQuestion, season: Season, pack: Pack) -> QuestionShown:
    chosen = pack.chosen(question.id, season.answers)
    return QuestionShown(
        question=question,
        chosen=chosen,
        in_words=answers.in_words(pack, question.id, chosen),
        default=answers.in_words(pack, question.id, question.chosen),
        options=answers.options(pack, question.id),
        is_changed=chosen != question.chosen,
        may_be_answered=season.state == SeasonState.DRAFT and question.id in answers.asked(pack),
    )


def question_shown(season: Season, pack: Pack, key: str) -> QuestionShown | None:
    """Return one open question as this season settles it, None for an unknown one."""
    return next((shown for shown in questions_shown(season, pack) if shown.question.id == key), None)
