"""A stored file is what its name says, or nothing."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from apps.core import files

DATA = "聘书".encode()
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_file_is_named_by_its_content_and_read_back():
    assert files.store(DATA, "pdf") == DIGEST
    assert files.path_of(DIGEST, "pdf").name == f"{DIGEST}.pdf"
    assert files.read(DIGEST, "pdf") == DATA


def test_storing_it_again_does_not_touch_it():
    files.store(DATA, "pdf")
    before = files.path_of(DIGEST, "pdf").stat().st_ino
    assert files.store(DATA, "pdf") == DIGEST
    assert files.path_of(DIGEST, "pdf").stat().st_ino == before


def test_a_file_changed_on_disk_is_not_handed_out():
    files.store(DATA, "pdf")
    files.path_of(DIGEST, "pdf").write_bytes(DATA + b" ")
    with pytest.raises(ValueError, match="was changed on disk"):
        files.read(DIGEST, "pdf")


def test_a_file_that_is_gone_says_so():
    with pytest.raises(FileNotFoundError):
        files.read(DIGEST, "pdf")


def test_a_full_disk_leaves_neither_half_a_file_nor_a_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        files.store(DATA, "pdf")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
