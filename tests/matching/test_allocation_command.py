"""`manage.py allocation` works on files alone and fails with a list that says where and what."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.matching.engine.markets import generated, written

Files = tuple[Path, Path]


def run(*words: Any) -> str:
    out = StringIO()
    call_command("allocation", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Return the files of a market and of its allocation with balancing."""
    market, report = tmp_path / "in.json", tmp_path / "out.json"
    market.write_bytes(written(generated(60, 6, wishes=(1, 3), seats=0.8, floor=0.9, right_ties=0.5, seed=4)))
    said = run("solve", market, "--ties", "lottery", "--seed", "2023", "--balance", "--out", report)
    assert said.startswith("60 人中安排 ")
    return market, report


def test_what_is_solved_passes_the_check(files: Files):
    assert run("check", *files) == "核对通过，每一项保证都成立\n"


def test_without_a_file_to_write_to_the_output_is_printed(files: Files):
    printed = json.loads(run("solve", files[0], "--ties", "lottery", "--seed", "2023", "--balance"))
    written_out = json.loads(files[1].read_text())
    assert printed["output_sha256"] == written_out["output_sha256"]
    assert set(printed) == set(written_out)


def test_everybody_one_person_or_one_right_is_explained(files: Files):
    everybody = run("explain", *files).splitlines()
    assert [line.partition("：")[0] for line in everybody] == list(json.loads(files[0].read_text())["left"])
    assert f"p0：{run('explain', *files, 'p0')}" == f"{everybody[0]}\n"
    assert run("explain", *files, "g1").startswith("g1：名额8")


def test_a_city_is_explained_by_how_far_its_counties_fill_it(tmp_path: Path):
    market, report = tmp_path / "in.json", tmp_path / "out.json"
    market.write_bytes(written(generated(60, 8, wishes=(1, 3), seats=0.7, caps=1)))
    run("solve", market, "--ties", "lottery", "--seed", "2023", "--out", report)
    assert run("explain", market, report, "c0").startswith("城市名额（c0）25已满，录取线=第")


def test_an_unknown_name_is_not_explained(files: Files):
    with pytest.raises(CommandError, match="没有名为“p99”的人、名额方或城市"):
        run("explain", *files, "p99")


@pytest.mark.parametrize("what", ["check", "explain"])
def test_a_changed_output_is_refused_with_a_list(files: Files, what: str):
    market, report = files
    told = json.loads(report.read_text())
    report.write_text(json.dumps({**told, "placed": told["placed"] + 1}))
    out = StringIO()
    with pytest.raises(CommandError, match="2 处错误"):
        call_command("allocation", what, str(market), str(report), stdout=out)
    assert out.getvalue().splitlines()[0] == "output_sha256 与输出不符"


def test_a_malformed_market_is_refused_with_its_places(tmp_path: Path):
    market = tmp_path / "in.json"
    market.write_text('{"left": {"a": ["h", "h"]}, "right": {"h": {"upper": -1, "prefs": ["b"]}}}')
    out = StringIO()
    with pytest.raises(CommandError, match="3 处错误"):
        call_command("allocation", "solve", str(market), "--ties", "lottery", "--seed", "1", stdout=out)
    assert [line.partition("：")[0] for line in out.getvalue().splitlines()] == [
        "left.a[1]", "right.h.upper", "right.h.prefs[0]",
    ]  # fmt: skip


def test_a_market_that_begins_with_a_byte_order_mark_is_read(files: Files, tmp_path: Path):
    marked = tmp_path / "marked.json"
    marked.write_bytes(b"\xef\xbb\xbf" + Path(files[0]).read_bytes())
    run("solve", marked, "--ties", "lottery", "--seed", "1", "--out", tmp_path / "out.json")
    assert run("check", files[0], tmp_path / "out.json") == "核对通过，每一项保证都成立\n"


def test_a_missing_file_and_an_unwritable_seed_are_told(files: Files, tmp_path: Path):
    with pytest.raises(CommandError, match=r"没有文件 .*none\.json"):
        run("check", files[0], tmp_path / "none.json")
    with pytest.raises(CommandError, match="--seed"):
        run("solve", files[0], "--ties", "lottery", "--seed", "\udcff")
