"""Packs are read by id, folder or file, whole, and known by their digest."""

from pathlib import Path

import pytest

from apps.policies import loading
from apps.policies.loading import PackError
from tests.policies.packs import SHIPPED, edited, guangxi, line_with


@pytest.mark.parametrize("pack", ["guangxi-2023", SHIPPED, SHIPPED / "pack.yaml", str(SHIPPED)])
def test_a_pack_is_read_by_id_folder_or_file(pack: str | Path):
    files = loading.read(pack)
    assert files.path == SHIPPED / "pack.yaml"
    assert files.pack_text == (SHIPPED / "pack.yaml").read_text(encoding="utf-8")
    assert files.source_text == (SHIPPED / "source.txt").read_text(encoding="utf-8")


def test_the_shipped_packs_are_listed_under_their_own_ids():
    assert loading.installed() == ["bayannur", "guangxi-2023", "inner-mongolia", "jiaozuo", "jinzhong"]
    assert guangxi().id == "guangxi-2023"


def test_a_name_with_a_path_in_it_is_no_id():
    with pytest.raises(PackError, match="找不到政策包"):
        loading.read("../packs/guangxi-2023")


def test_dates_keep_their_line_and_days_without_a_year_stay_text():
    tree = loading.tree((SHIPPED / "pack.yaml").read_text(encoding="utf-8"), "pack")
    assert tree["source"]["issued"] == "2023-07-26"
    assert tree["calendar"]["windows"]["wishes"]["closes"] == "08-05"


def test_the_digest_tells_pack_and_text_apart():
    kept = loading.digest("ab", "c")
    assert len(kept) == 64
    assert kept == loading.digest("ab", "c")
    assert len({kept, loading.digest("a", "bc"), loading.digest("ab", "d"), loading.digest("", "abc")}) == 4


def test_lines_are_those_of_the_nearest_place_known(tmp_path: Path):
    path = edited(tmp_path)
    data = loading.tree(path.read_text(encoding="utf-8"), str(path))
    assert loading.line_of(data, ("calendar", "counting")) == line_with(path, "counting:")
    assert loading.line_of(data, ("calendar", "counting", "deeper", 3)) == line_with(path, "counting:")
    assert loading.line_of(data, ("offices", "nobody")) == line_with(path, "offices:")
    assert loading.line_of(data, ()) == 1
