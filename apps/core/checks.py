"""A check of start-up: every template of the product compiles."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import Error
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template


def templates_compile(**options: Any) -> list[Error]:
    """Return an error for each template that does not compile, with what is wrong in it."""
    return list(_faults())


def _faults() -> Iterator[Error]:
    folder = settings.BASE_DIR / "templates"
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
        name = path.relative_to(folder).as_posix()
        try:
            get_template(name)
        except (TemplateSyntaxError, TemplateDoesNotExist) as error:
            yield Error(f"{name}: {error}", id="core.E001")
