"""How what may be chosen comes into a form."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

LONGEST_INDUSTRY = 60


def choose(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let rows be chosen in a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
    if field.empty_label is not None:
        field.empty_label = "请选择" if field.required else "不指定"


def offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]], *, is_first_empty: bool = True) -> None:
    """Let values be chosen in a field, a single one at once."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", "请选择"), *choices] if is_first_empty and len(choices) > 1 else list(choices)
