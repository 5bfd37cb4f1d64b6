"""Each mistake in how hosts are recognised is told: who applies, what the form asks, who keeps the list."""

from pathlib import Path

import pytest

from apps.policies import loading
from tests.policies.planting import Fault, assert_told

BAYANNUR = loading.FOLDER / "bayannur"
HOUSEHOLD = "          - id: household\n            starts: host\n"
TOWNSHIP = """              - fact: recognition.township
                label: 所在苏木镇
                clause: {ref: 第十条（三）, quote: 经自愿报名、基层推荐、旗县区筛选审核最终确定为服务对象}
"""
RECOMMEND = "- {act: consent, office: township, called: 基层推荐}"
DECLARED = (
    "              - {fact: recognition.voluntary, label: 我自愿报名，愿意发挥示范带动作用，客观公正评价专家服务}\n"
)
RULES = "        eligibility:\n          - id: voluntary\n"
PHOTO = "[{id: photo, label: 照片, kinds: [jpg], at_most_megabytes: 5, asks: recognition_form}]"
SECOND_PAGE = f"          - title: 照片\n            attachments: {PHOTO.replace('照片', '再传一张')}\n"

PLANTED: dict[str, Fault] = {
    "a kind that others than hosts apply for": (
        [(HOUSEHOLD, HOUSEHOLD.replace("starts: host", "starts: county"))],
        [("            starts: county", "认定由服务对象自愿申报", "改为 body: host 的机关")],
    ),
    "a township that the form never asks for": (
        [(TOWNSHIP, "")],
        [(RECOMMEND, "表单没有询问所在乡镇，此环节无从确定", "在 form 中加入")],
    ),
    "a step at an office that no host has": (
        [(RECOMMEND, RECOMMEND.replace("township", "unit"))],
        [(RECOMMEND.replace("township", "unit"), "认定中没有 applicant.unit", "改为其他机关")],
    ),
    "a condition that the form does not ask about": (
        [(DECLARED, "")],
        [("require: {fact: recognition.voluntary, is: true}",
          "表单没有询问“自愿报名”，此条件无从判断", "在 form 中加入")],
    ),
    "an entry that is known already": (
        [(DECLARED, DECLARED + "              - {fact: application.county}\n")],
        [("              - {fact: application.county}", "“服务县（市、区）”由申报单位所在地确定，不必询问", "删去")],
    ),
    "a list filed with nobody": (
        [("            office: institute\n", "            office: mayor\n")],
        [("          filing:", "“mayor”不是县级或本级的办理机关", "从 offices 中选用")],
    ),
    "a document that is asked for twice": (
        [(RULES, f"            attachments: {PHOTO}\n{SECOND_PAGE}{RULES}")],
        [("            attachments: [{id: photo, label: 再传", "附件“photo”重复", "改名或删去")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED.values(), ids=PLANTED)
def test_a_fault_is_told_with_its_line_and_what_to_do(tmp_path: Path, fault: Fault):
    assert_told(fault, tmp_path, BAYANNUR)
