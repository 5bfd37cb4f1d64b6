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
    assert any(words.startswith("加入 “一县一团”") for words in marked)


def test_the_rules_of_the_sheet_stand_at_their_paragraphs_with_their_sort(pack: Pack) -> None:
    (at,) = [
        each
        for each in beside.paragraphs(pack, FILES.source_text)
        if "".join(w for w, _ in each.pieces).startswith("（四）“挂村")
    ]
    assert [(rule.sort, rule.words) for rule in at.rules] == [
        ("限额", "挂村服务的脱贫村1至2"),
        ("限额", "联系的重点服务对象（含考核基地）1至2"),
        ("目标", "脱贫村全覆盖挂村服务不少于5379个"),
        ("挂村", "村级联系：逐村登记与第一书记、乡村振兴工作队员建立联系的日期，应邀加入村级科技服务群的日期和邀请方"),
    ]


def test_only_the_way_to_a_seat_that_was_chosen_is_shown(pack: Pack) -> None:
    def ways(answers: dict[str, str] | None) -> int:
        return sum(rule.words.startswith("一县一团团长：县") for rule in beside.rules(pack, answers))

    assert (ways({}), ways({"leader_screening": "county"})) == (1, 1)
    all_ways = [rule.words for rule in beside.rules(pack) if rule.sort == "席位产生" and "一县一团团长：" in rule.words]
    assert [words.split("一县一团")[0] for words in all_ways] == [
        "（选“县（市、区）、设区市先后筛选推荐，自治区选定”时）",
        "（选“县（市、区）筛选推荐，自治区选定”时）",
    ]


def test_only_the_route_that_was_chosen_is_shown(pack: Pack) -> None:
    def routes(answers: dict[str, str] | None) -> int:
        return sum(rule.sort == "办理路径" for rule in beside.rules(pack, answers))

    assert (routes(None), routes({}), routes({"application_route": "past_city"})) == (2, 1, 1)
