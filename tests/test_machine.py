"""The script that prepares a machine installs what is missing or says exactly what to run; it never skips."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

SCRIPT = settings.BASE_DIR / "config" / "machine" / "prepare.py"


@pytest.fixture
def prepare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Return the script as a module, run by a user without rights on a machine that has apt-get and no sudo."""
    spec = importlib.util.spec_from_file_location("prepare", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    program = tmp_path / "apt-get"
    program.write_text("#!/bin/sh\nexit 100\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "FONTS", tmp_path / "fonts")
    monkeypatch.setattr(module, "FONT_FOLDERS", [tmp_path / "system"])
    return module


def test_missing_packages_stop_with_the_command_that_installs_them(prepare, tmp_path):
    (tmp_path / "packages.txt").write_text("# package  sign\nalpha  /nowhere/*/alpha\nbeta  no-such-program\n")
    with pytest.raises(prepare.Stop) as stop:
        prepare.packages()
    assert str(stop.value) == "run this, then try again:\n  sudo apt-get update && sudo apt-get install -y alpha beta"


def test_packages_whose_sign_is_there_are_left_alone(prepare, tmp_path):
    (tmp_path / "packages.txt").write_text(f"alpha  apt-get\nbeta  {tmp_path}/*.txt\n")
    prepare.packages()


def test_without_apt_the_fonts_to_bring_and_their_place_are_named(prepare, tmp_path):
    (tmp_path / "apt-get").unlink()
    (tmp_path / "fonts.txt").write_text("some-fonts  One.otf\nsome-fonts  Two.otf\n")
    with pytest.raises(prepare.Stop) as stop:
        prepare.fonts()
    place = tmp_path / "fonts"
    assert str(stop.value) == f"put One.otf, Two.otf (Debian's some-fonts has them) into {place}, then run this again"


def test_a_font_of_the_system_is_copied_whole(prepare, tmp_path):
    (tmp_path / "system" / "deep").mkdir(parents=True)
    (tmp_path / "system" / "deep" / "One.otf").write_bytes(b"glyphs")
    (tmp_path / "fonts.txt").write_text("some-fonts  One.otf\n")
    prepare.fonts()
    assert {path.name: path.read_bytes() for path in (tmp_path / "fonts").iterdir()} == {"One.otf": b"glyphs"}


def test_a_failed_command_stops_with_its_text(prepare):
    with pytest.raises(prepare.Stop, match="exit code 100: apt-get -qq update"):
        prepare.run("apt-get", "-qq", "update")


def test_every_font_of_the_list_is_there(settings):
    names = [line.split()[1] for line in (SCRIPT.parent / "fonts.txt").read_text().splitlines() if line[:1] != "#"]
    assert [name for name in names if not (settings.FONTS_DIR / name).is_file()] == []
