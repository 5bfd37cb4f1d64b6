"""The shape of a pack: closed, unchangeable, each rule on its ground."""

import pytest
from pydantic import ValidationError

from apps.core.refusals import Basis
from apps.policies.schema import Ask, Clause, Data, Grounded, IfChosen, NumberFormat
from tests.policies.packs import guangxi

PACK = guangxi()


def models(base: type[Data]) -> list[type[Data]]:
    return [model for child in base.__subclasses__() for model in (child, *models(child))]


def test_no_part_of_a_pack_takes_unknown_keys_or_changes():
    assert [model.__name__ for model in models(Data) if model.model_config != Data.model_config] == []
    assert Data.model_config == {"extra": "forbid", "frozen": True}


def test_a_pack_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        PACK.title = "另一个"


@pytest.mark.parametrize(
    ("form", "n", "number"),
    [
        ({"word": "桂科农字", "left": "〔", "right": "〕", "suffix": "号"}, 68, "桂科农字〔2023〕68号"),
        ({"word": "巴科便函", "left": "（", "right": "）", "suffix": "号"}, 72, "巴科便函（2023）72号"),
        ({"word": "聘", "left": "〔", "right": "〕", "suffix": "号", "digits": 5}, 7, "聘〔2023〕00007号"),
    ],
)
def test_numbers_are_written_as_the_pack_says(form: dict[str, object], n: int, number: str):
    assert NumberFormat.model_validate(form).write(2023, n) == number


def test_a_rule_rests_on_its_clause_or_on_the_question_that_chose_it():
    clause = Grounded(clause=Clause(ref="三（三）", quote="每位科技特派员必须加入"))
    assert PACK.basis(clause) == Basis(ref="三（三）", quote="每位科技特派员必须加入")
    assert PACK.basis(Grounded(asks="notice_days")) == Basis(
        question="原文未定公示期限：取各地通行的5天（自然日，含首日）"
    )
    assert PACK.basis(Grounded(asks="nothing")) == Basis()


def test_an_option_holds_where_it_was_chosen():
    past_city = IfChosen.model_validate({"ask": "application_route", "is": "past_city"})
    assert PACK.holds(None, {})
    assert not PACK.holds(past_city, {})
    assert PACK.holds(past_city, {"application_route": "past_city"})
    assert PACK.answer(Ask(ask="nothing"), {}) is None
