"""Every route is drawn, each as a flowchart of its own."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from apps.policies import loading, routing
from apps.policies.schema import Route
from apps.policies.walking import walk
from tests.policies.packs import guangxi


@pytest.mark.parametrize("name", loading.installed())
def test_every_route_of_a_pack_is_drawn_once(name: str):
    pack = loading.parse(loading.read(name).pack_text, name)
    drawn = [each.route for each in routing.drawings(pack)]
    assert sorted(map(id, drawn)) == sorted(id(node) for _, node in walk(pack) if isinstance(node, Route))


@pytest.mark.parametrize("name", loading.installed())
def test_a_flowchart_has_every_step_and_leads_only_to_what_it_draws(name: str):
    pack = loading.parse(loading.read(name).pack_text, name)
    for each in routing.drawings(pack):
        lines = list(routing.flowchart(pack, each.route, each.resubmission))
        text = "\n".join(lines)
        assert lines[0] == "flowchart TD"
        drawn = set(re.findall(r"(\w+)(?:\[\"|\(\[)", text))
        named = set(re.findall(r"^    (\w+) ", text, re.MULTILINE)) | set(re.findall(r"\| (\w+)", text))
        assert named <= drawn
        assert len([key for key in drawn if re.fullmatch(r"s\d+", key)]) == len(each.route.steps)
        assert text.count('"') == 2 * len(each.route.steps)


def test_a_joint_act_tells_whom_it_asks_and_a_filing_that_it_is_filed():
    (head,) = [each for each in routing.drawings(guangxi()) if each.title == "一县一团产业组长"]
    assert list(routing.flowchart(guangxi(), head.route)) == [
        "flowchart TD",
        "    draft([本人填写]) -->|提交| s1",
        '    s1["县级科技行政主管部门<br>共同选定<br>服务团团长、县级科技行政主管部门都同意"]',
        "    s1 -->|同意| passed",
        "    passed([已通过])",
        "    s1 -.->|退回修改| returned([退回修改])",
        "    s1 -.->|不同意| rejected([未通过])",
    ]


def test_the_command_draws_every_process_of_a_pack():
    out = StringIO()
    call_command("policy", "show", "guangxi-2023", "--mermaid", stdout=out)
    assert out.getvalue().rstrip("\n") == routing.mermaid(guangxi())
    assert re.findall(r"^## (.*)$", out.getvalue(), re.MULTILINE) == [
        "申请（through_city）",
        "申请（past_city）",
        "一县一团团长（screened_twice）",
        "一县一团团长（screened_once）",
        "一县一团产业组长（jointly）",
        "产业服务团团长（selected）",
        "产业服务团副团长（jointly）",
        "产业服务团秘书长（jointly）",
        "产业服务团团员（jointly）",
        "解聘：有经核实的不实签到，通报并取消选派资格、催退工作经费（reported_by_county）",
    ]
