"""The packs shipped with the product pass the check, and read as the policy does."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.policies import beside, checking, loading, showing
from apps.policies.acts import ACTS
from apps.policies.schema import Clause
from apps.policies.walking import walk
from tests.policies.packs import every, guangxi, jinzhong, uncited


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", loading.installed())
def test_a_shipped_pack_has_no_fault(name: str):
    assert checking.check(name).faults == ()


@pytest.mark.parametrize(("name", "quoted"), [("guangxi-2023", 107), ("jinzhong", 75)])
def test_every_quote_of_a_pack_stands_in_its_text(name: str, quoted: int):
    files = loading.read(name)
    quotes = [node.quote for _, node in walk(loading.parse(files.pack_text, name)) if isinstance(node, Clause)]
    assert len(quotes) == quoted
    assert [quote for quote in quotes if squeezed(quote) not in squeezed(files.source_text)] == []


def test_the_guangxi_pack_names_the_notice_it_comes_from():
    source = guangxi().source
    assert (source.number, source.issuer, str(source.issued)) == (
        "桂科农字〔2023〕68号",
        "广西壮族自治区科学技术厅",
        "2023-07-26",
    )


def test_every_step_of_a_shipped_route_can_be_carried_out():
    walked = [process for pack in every() for process in (pack.processes.application, *pack.sheet.adjustments)]
    acts = {step.act for process in walked for route in process.routes for step in route.steps}
    assert acts == {act.key for act in ACTS.values() if act.executable} - {"verdicts"}


def test_the_check_notes_what_was_chosen_and_which_paragraphs_no_rule_cites():
    notes = checking.check("guangxi-2023").notes
    chosen = [note for note in notes if note.startswith("待定：")]
    left = uncited("guangxi-2023")
    assert len(chosen) == len(guangxi().open_questions)
    assert [text for text in left if text.startswith("（三）入团要求")] == []
    assert len([text for text in left if text.startswith("联系电话")]) == 1
    assert notes[-1] == f"共{len(left)}段没有规则引用"


def test_the_check_notes_the_facts_that_no_process_provides_yet():
    told = "尚无程序提供："
    assert [note.removeprefix(told) for note in checking.check("jinzhong").notes if note.startswith(told)] == [
        "本年度实地服务次数（year.on_site_services）",
        "本年度集中培训次数（year.trainings）",
        "本年度培训人数（year.trainees）",
        "本年度解决技术问题项数（year.problems_solved）",
        "本年度考核未通过（year.is_unqualified）",
    ]


def test_the_check_prints_its_notes_and_ends_well():
    out = StringIO()
    call_command("policy", "check", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[-1] == "5 个政策包检查通过"
    assert len(lines) == sum(len(checking.check(name).notes) for name in loading.installed()) + 1


def test_the_pack_is_shown_in_plain_chinese():
    out = StringIO()
    call_command("policy", "show", "guangxi-2023", stdout=out)
    assert out.getvalue().rstrip("\n") == showing.show(guangxi()).rstrip("\n")
    for line in (
        "依据：广西壮族自治区科学技术厅《关于进一步做好2023年乡村科技特派员工作的通知》桂科农字〔2023〕68号，2023年7月26日",
        "  当派出单位层级为县（市、区）、乡镇之一时，服务本县为是",
        "  （选“派出单位推荐、县级审核、公示、自治区聘任”时）派出单位同意推荐 → 县级科技行政主管部门审核 → "
        "自治区科技特派员协调办公示 → 自治区科技特派员协调办聘任",
        "  notice_days：原文未定公示期限。选定：5天。理由：取各地通行的5天（自然日，含首日）",
    ):
        assert line in out.getvalue().splitlines()


def test_a_title_within_a_title_has_single_marks():
    source = loading.parse(loading.read("bayannur").pack_text, "bayannur").source
    assert source.in_marks == "《关于印发〈巴彦淖尔市科技助力乡村振兴精准服务管理办法〉的通知》"


def test_the_second_pack_tells_both_its_ways_and_who_starts_them():
    lines = showing.show(jinzhong()).splitlines()
    for line in (
        "晋中市科技特派员（征求意见稿）",
        "依据：晋中市科学技术局《晋中市科技特派员工作规范（试行）》，未署日期",
        "  服务单位确认协商一致 → 派出单位同意 → 县级科技管理部门审核 → 市科学技术局选派",
        "  市科学技术局发起 → 本人同意选派 → 服务单位确认协商一致 → 派出单位书面同意 → 县级科技管理部门书面同意 → "
        "县级科技管理部门审核 → 市科学技术局选派",
        "  （原则上；不符合的须说明理由）主要业绩成果不为空",
        "  （本人发起的）承诺符合基本条件为是",
    ):
        assert line in lines


def test_the_second_pack_has_no_public_list_and_no_certificate():
    documents = jinzhong().documents
    assert (documents.publicity_list, documents.certificate) == (None, None)


def test_a_pack_that_is_not_there_is_not_shown():
    with pytest.raises(CommandError, match="找不到政策包"):
        call_command("policy", "show", "atlantis-1999")


def test_the_text_beside_its_rules_is_the_whole_text():
    source = loading.read("guangxi-2023").source_text
    shown = beside.paragraphs(guangxi(), source)
    assert squeezed("".join(words for each in shown for words, _ in each.pieces)) == squeezed(source)
    cited = [squeezed(words) for each in shown for words, is_cited in each.pieces if is_cited]
    assert [words for words in cited if words.startswith("每位科技特派员必须加入“一县一团”，同时自愿申请")] != []
