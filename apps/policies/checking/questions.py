"""Checks of open questions: each is asked, each answer fits."""

from apps.policies import answers
from apps.policies.checking.found import Found
from apps.policies.schema import Ask, Cap, Grounded, IfChosen, Pack
from apps.policies.values import Mistyped
from apps.policies.walking import walk


def known(pack: Pack, source: str) -> Found:
    """Find questions that are asked and not there, or there and never asked."""
    there = {question.id for question in pack.open_questions}
    asked = set()
    for where, node in walk(pack):
        name = node.asks if isinstance(node, Grounded | Cap) else node.ask if isinstance(node, Ask | IfChosen) else None
        if name and name not in there:
            yield where, f"待定事项“{name}”不存在", "在 open_questions 中补上"
        asked.add(name)
    for number, question in enumerate(pack.open_questions):
        if question.id not in asked:
            yield ("open_questions", number), f"待定事项“{question.id}”没有规则引用", "删去，或由规则引用"


def answered(pack: Pack, source: str) -> Found:
    """Find choices that a season could not run with, and conditions on options that are not offered."""
    kinds = answers.kinds(pack)
    for number, question in enumerate(pack.open_questions):
        if question.id in kinds:
            try:
                answers.read(pack, question.id, str(question.chosen))
            except Mistyped as error:
                yield ("open_questions", number), f"选定的“{question.chosen}”不合要求：{error}", "更正 chosen"
    for where, node in walk(pack):
        if isinstance(node, IfChosen) and node.is_ not in dict(answers.options(pack, node.ask)):
            yield where, f"待定事项“{node.ask}”没有“{node.is_}”这一选项", "从其 options 中选用"
