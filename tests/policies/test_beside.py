"""The policy's text with the rules beside it."""

import pytest

from apps.policies import beside, loading
from apps.policies.schema import Pack

FILES = loading.read("guangxi-2023")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return loading.parse(FILES.pack_text, "guangxi-2023")


def test_no_word_of_the_text_is_lost(pack: Pack) -> None:
    shown = "".join(words for each in beside.paragraphs(pack, FILES.source_text) for words, _ in each.pieces)
    assert "".join(shown.split()) == "".join(FILES.source_text.split())


def test_every_rule_stands_at_its_words_or_is_set_by_the_office(pack: Pack) -> None:
    at_words = [rule for each in beside.paragraphs(pack, FILES.source_text) for rule in each.rules]
    assert len(at_words) + len(beside.set_by_office(pack)) == len(beside.rules(pack))


def test_cited_words_are_marked_even_where_the_text_breaks_them(pack: Pack) -> None:
    source = FILES.source_text.replace("必须加入“一县一团”", "必须\n加入 “一县一团”")
    marked = [words for each in beside.paragraphs(pack, source) for words, is_cited in each.pieces if is_cited]
    assert any(words.endswith("科技特派员必须") for words in marked)
    assert "加入 “一县一团”" in marked


def test_only_the_route_that_was_chosen_is_shown(pack: Pack) -> None:
    def routes(answers: dict[str, str] | None) -> int:
        return sum(rule.sort == "办理路径" for rule in beside.rules(pack, answers))

    assert (routes(None), routes({}), routes({"application_route": "past_city"})) == (2, 1, 1)
