"""Each file that is no sound pack is told, in words and with its line."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from apps.policies import loading
from tests.policies.packs import SHIPPED, edited
from tests.policies.planting import Fault, assert_told, run

PLANTED: dict[str, Fault] = {
    "source text that is not there": (
        [("file: source.txt", "file: policy.txt")],
        [("file: policy.txt", "找不到政策原文“policy.txt”", "把原文放在包的同一目录下")],
    ),
    "source text outside the folder": (
        [("file: source.txt", "file: ../source.txt")],
        [("file: ../source.txt", "找不到政策原文“../source.txt”", "把原文放在包的同一目录下")],
    ),
    "bracket left open": (
        [("education: [高中及以下, 大专, 本科, 硕士, 博士]", "education: [高中及以下, 大专")],
        [("title: [无职称", "格式有误：did not find expected ',' or ']'", "检查缩进、冒号和括号")],
    ),
    "tab in the margin": (
        [("    asks: application_form\n    window", "\tasks: application_form\n    window")],
        [("\tasks", "格式有误：found character that cannot start any token", "检查缩进、冒号和括号")],
    ),
    "key written twice": (
        [("    resubmission: resumes\n", "    resubmission: resumes\n    resubmission: starts_over\n")],
        [("resubmission: starts_over", "同一个键写了两次", "合并，或删去一处")],
    ),
    "anchor": (
        [("education: [高中", "education: &levels [高中")],
        [("&levels", "不允许使用锚点与别名", "把内容写全")],
    ),
    "alias": (
        [("title: [无职称, 初级, 中级, 副高级, 正高级]", "title: *levels")],
        [("*levels", "不允许使用锚点与别名", "把内容写全")],
    ),
    "tag": (
        [("education: [高中", "education: !!python/tuple [高中")],
        [("!!python", "不允许使用类型标记", "去掉以 ! 开头的标记")],
    ),
    "list for a key": (
        [("\nopen_questions:\n", "\n? [a, b]\n: c\nopen_questions:\n")],
        [("? [a, b]", "键应为一个词", "按同类的包改写")],
    ),
    "second document in the file": (
        [("\nopen_questions:\n", "\n---\nopen_questions:\n")],
        [("---\n", "只能有一份内容", "删去 --- 之后的部分，或另存一个文件")],
    ),
    "control character": (
        [("title: 聘书", "title: 聘\x07书")],
        [("聘\x07书", "含有不可见的控制字符", "删去")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_told_with_its_place_and_what_to_do(name: str, tmp_path: Path):
    assert_told(PLANTED[name], tmp_path)


FILES = {
    "not UTF-8": ("标题: 甲".encode("gbk"), "不是 UTF-8 文本", "另存为 UTF-8"),
    "too large": (b"# " + b"x" * 1_000_000, "文件超过 1 MB", "政策包只放规则与原文"),
    "empty": (b"", "内容应为键值对", "从已有的包开始改写"),
    "a list": (b"- a\n- b\n", "内容应为键值对", "从已有的包开始改写"),
    "nested without end": (b"a: " + b"[" * 5000 + b"]" * 5000, "嵌套过深", "按同类的包改写"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_pack_at_all_is_refused_in_words(name: str, tmp_path: Path):
    data, message, remedy = FILES[name]
    (tmp_path / "pack.yaml").write_bytes(data)
    (told,) = run(tmp_path)
    assert told.startswith(f"{tmp_path / 'pack.yaml'}:1: ")
    assert message in told
    assert told.endswith(f" — {remedy}")


def test_a_source_text_that_is_not_utf_8_is_refused(tmp_path: Path):
    edited(tmp_path)
    (tmp_path / "source.txt").write_bytes("政策".encode("gbk"))
    assert run(tmp_path) == [f"{tmp_path / 'source.txt'}:1: source.txt: 不是 UTF-8 文本 — 另存为 UTF-8"]


def test_a_pack_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path):
    missing = tmp_path / "nowhere"
    known = "、".join(loading.installed())
    assert run(missing) == [f"{missing}:1: pack: 找不到政策包 — 给出目录或文件，或已有的包：{known}"]


def test_every_fault_of_a_pack_is_told_at_once_in_the_order_of_its_lines(tmp_path: Path):
    edited(
        tmp_path,
        ("fact: person.age,", "fact: person.height,"),
        ("title: 聘书", "title: 聘{x}书"),
        ("quote: 于7月31日之前发送县级科技行政主管部门", "quote: 无此引文无此引文"),
    )
    lines = [int(line.split(":")[1]) for line in run(tmp_path)]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_the_command_ends_with_1_for_a_faulty_pack_and_with_0_for_a_sound_one(tmp_path: Path):
    faulty = edited(tmp_path, ("{act: review, office: city}", "{act: review, office: town}"))
    command = [sys.executable, "manage.py", "policy", "check"]
    ended = subprocess.run([*command, str(faulty)], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "CommandError: 1 处错误\n")
    assert (
        subprocess.run([*command, str(SHIPPED)], cwd=settings.BASE_DIR, capture_output=True, check=False).returncode
        == 0
    )
