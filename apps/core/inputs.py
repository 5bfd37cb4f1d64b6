"""Inputs that several forms share."""

from datetime import date
from typing import Any, ClassVar, cast

import django_filters
from django import forms

from apps.core.characters import has_unseen
from apps.core.days import FIRST_DAY, LAST_DAY, written_day


class DayInput(forms.DateInput):
    """A day, chosen from the browser's calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class WordsField(forms.CharField):
    """Text that somebody types; characters without a shape on paper are refused, breaks too where it is one line."""

    default_error_messages: ClassVar = {"unseen": "含有不可见或无法印出的字符，请删去后再提交。"}

    def validate(self, value: str) -> None:
        super().validate(value)
        if has_unseen(value, in_lines=isinstance(self.widget, forms.Textarea)):
            raise forms.ValidationError(self.error_messages["unseen"], "unseen")


class DayField(forms.DateField):
    """A day between two others, both inclusive: those of any form, or as `bound` sets them."""

    widget = DayInput
    default_error_messages: ClassVar = {
        "far": "应在%(first)s至%(last)s之间，请核对年份。",
    }
    first, last = FIRST_DAY, LAST_DAY

    def bound(self, first: date, last: date) -> None:
        """Take days from one to another alone; both inclusive."""
        self.first, self.last = first, last
        widget = cast(forms.Widget, self.widget)
        widget.attrs.update(self.widget_attrs(widget))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "min": self.first.isoformat(), "max": self.last.isoformat()}

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not self.first <= value <= self.last:
            days = {"first": written_day(self.first), "last": written_day(self.last)}
            raise forms.ValidationError(self.error_messages["far"], "far", days)


class DayFilter(django_filters.DateFilter):
    """A day by which a list is narrowed."""

    field_class = DayField
