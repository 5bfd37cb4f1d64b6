"""A template that does not compile is named at start-up."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Engine

from apps.core.checks import templates_compile


def test_all_templates_compile() -> None:
    assert templates_compile() == []


@pytest.mark.parametrize("text", ["{% if %}", "{% nothing_known %}", "{{ value|no_such_filter }}"])
def test_a_broken_template_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "broken.html").write_text(text)
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    monkeypatch.setattr("apps.core.checks.get_template", lambda name: _engine(tmp_path).get_template(name))
    (error,) = templates_compile()
    assert error.msg.startswith("broken.html: ")


def _engine(folder: Path):
    return Engine(dirs=[folder / "templates"])
