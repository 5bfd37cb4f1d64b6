"""The files of the seals: one spoilt, missing or exchanged is named, and accounted for by a person."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.core import sealbook, seals
from apps.core.models import Seal
from tests.core.sealing import CUT, HOUR, REASON, act, path_of, refusals, said
from tests.core.test_audit import faults
from tests.factories import Scene

pytestmark = pytest.mark.django_db


def cut(folder: Path) -> None:
    path = path_of(folder, 2)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-10])


def empty(folder: Path) -> None:
    path_of(folder, 2).chmod(0o644)
    path_of(folder, 2).write_bytes(b"")


def change_a_figure(folder: Path) -> None:
    path = path_of(folder, 2)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b'"records":3', b'"records":2'))


def forge(folder: Path) -> None:
    """Write a seal of one's own over a database without the victim, with another key."""
    path = path_of(folder, 2)
    line, _, rest = path.read_bytes().split(b"\n", 2)
    key = Ed25519PrivateKey.generate()
    path.unlink()
    path.write_bytes(b"\n".join((line, key.sign(line).hex().encode(), rest)))


def exchange(folder: Path) -> None:
    shutil.copy(path_of(folder, 1), folder / "spare")
    path_of(folder, 2).unlink()
    (folder / "spare").rename(path_of(folder, 2))


SPOILINGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut": (cut, "封印第2号：所附的变动被改动或截断"),
    "emptied": (empty, f"封印第2号：{CUT}"),
    "changed": (change_a_figure, f"封印第2号：{CUT}"),
    "forged without the key": (forge, f"封印第2号：{CUT}"),
    "another in its place": (exchange, "封印第2号：文件里装的是封印第1号"),
    "missing": (lambda folder: path_of(folder, 2).unlink(), "封印第2号：文件缺失"),
}


@pytest.fixture
def three_seals(scene: Scene) -> Scene:
    for hour in range(3):
        act(scene)
        seals.seal(at=scene.at + hour * HOUR)
    act(scene)
    return scene


@pytest.mark.parametrize(("spoil", "said_of_it"), SPOILINGS.values(), ids=SPOILINGS)
def test_a_spoilt_seal_is_named_and_none_is_made_on_top(
    three_seals: Scene, folder: Path, spoil: Callable[[Path], None], said_of_it: str
):
    spoil(folder)
    assert faults()[:1] == [said_of_it]
    assert said_of_it in refusals(three_seals)


@pytest.mark.parametrize("number", [1, 3], ids=["the first", "the newest"])
def test_a_missing_seal_is_named_at_either_end(three_seals: Scene, folder: Path, number: int):
    path_of(folder, number).unlink()
    assert faults() == [f"封印第{number}号：文件缺失"]


def test_a_folder_that_is_gone_is_named_in_one_line(three_seals: Scene, folder: Path):
    shutil.rmtree(folder)
    assert faults() == ["封印第1号至第3号：文件缺失"]


def test_missing_seals_can_be_given_account_of_and_spoilt_ones_cannot(three_seals: Scene, folder: Path):
    path_of(folder, 2).unlink()
    whole = path_of(folder, 3).read_bytes()
    path_of(folder, 3).chmod(0o644)
    path_of(folder, 3).write_bytes(whole[:-5])
    assert "封印第3号：所附的变动被改动或截断" in refusals(three_seals, after_restore=REASON)
    path_of(folder, 3).write_bytes(whole)
    accepted = seals.seal(at=three_seals.at + 3 * HOUR, after_restore=REASON)
    assert (accepted.number, said(folder, 4)["missing"]) == (4, [2])
    assert faults() == []


def test_numbers_go_on_after_the_whole_folder_was_lost(three_seals: Scene, folder: Path):
    shutil.rmtree(folder)
    accepted = seals.seal(at=three_seals.at + 3 * HOUR, after_restore=REASON)
    assert (accepted.number, said(folder, 4)["missing"]) == (4, [1, 2, 3])
    act(three_seals)
    seals.seal(at=three_seals.at + 4 * HOUR)
    assert faults() == []


def test_a_seal_of_another_history_does_not_fit(three_seals: Scene, folder: Path, settings: Any, tmp_path: Path):
    """Who has the key and makes another third seal is found out by the database, and by the seal that follows."""
    settings.SEALS_DIR = tmp_path / "another"
    for number in (1, 2):
        (tmp_path / "another").mkdir(exist_ok=True)
        shutil.copy(path_of(folder, number), tmp_path / "another")
    Seal.objects.filter(number=3).delete()
    seals.seal(at=three_seals.at + 2 * HOUR)
    assert faults() == []
    seals.seal(at=three_seals.at + 3 * HOUR, after_restore=REASON)
    path_of(settings.SEALS_DIR, 3).unlink()
    shutil.copy(path_of(folder, 3), settings.SEALS_DIR)
    assert faults() == [
        "封印第3号：文件与数据库所记的不是同一个封印",
        "封印第4号：与上一号封印不相接",
    ]


def test_a_file_that_is_no_seal_is_named(three_seals: Scene, folder: Path):
    (folder / "note.seal").write_text("x")
    (folder / "note.txt").write_text("no concern of ours")
    assert faults() == [f"note.seal：{CUT}"]


def test_a_database_that_begins_anew_puts_the_seals_of_the_old_one_aside(three_seals: Scene, folder: Path):
    for number in (1, 2):
        sealbook.set_aside()
        Seal.objects.all().delete()
        seals.seal(at=three_seals.at)
        assert sorted(path.name for path in folder.parent.iterdir()) == [
            "seals",
            *(f"seals.{each}" for each in range(1, number + 1)),
        ]
    assert [len(list(folder.with_name(name).iterdir())) for name in ("seals.1", "seals.2", "seals")] == [3, 1, 1]
    assert faults() == []
