"""Entries that several forms share, and what forms say."""

import gettext
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django import forms
from django.conf import settings

from apps.core.days import FIRST_DAY, LAST_DAY
from apps.core.inputs import DayField

FOLDER = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES"
A_DAY = timedelta(days=1)


def told(field: forms.Field, typed: str) -> list[str]:
    """Return what a field says of what was typed."""
    try:
        field.clean(typed)
    except forms.ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize("day", [FIRST_DAY - A_DAY, LAST_DAY + A_DAY, date.min, date.max])
def test_a_day_far_away_is_refused_with_the_days_between_which_it_lies(day: date):
    assert told(DayField(), day.isoformat()) == ["应在1900年1月1日至2100年12月31日之间，请核对年份。"]


@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY])
def test_the_first_and_the_last_day_are_taken(day: date):
    assert DayField().clean(day.isoformat()) == day


def test_a_bound_field_tells_the_browser_its_own_days_and_leaves_others_alone():
    class Two(forms.Form):
        one, other = DayField(), DayField()

    form = Two()
    form.fields["one"].bound(date(2024, 1, 1), date(2028, 12, 31))
    days = [(each.widget.attrs["min"], each.widget.attrs["max"]) for each in form.fields.values()]
    assert days == [("2024-01-01", "2028-12-31"), ("1900-01-01", "2100-12-31")]
    assert told(form.fields["one"], "2029-01-01") == ["应在2024年1月1日至2028年12月31日之间，请核对年份。"]
    assert told(form.fields["other"], "2029-01-01") == []


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (forms.CharField(), "", "没有填写。"),
        (forms.IntegerField(max_value=40), "41", "不能大于40。"),
        (forms.IntegerField(min_value=0), "-1", "不能小于0。"),
        (forms.IntegerField(), "四十", "应填写整数。"),
        (forms.CharField(max_length=2), "三个字", "最多2字，现有3字。"),
        (forms.CharField(min_length=4), "三个字", "至少4字，现有3字。"),
        (forms.ChoiceField(choices=[("a", "甲")]), "b", "“b”不在可选范围内，请从列表中选择。"),
        (DayField(), "2026-13-40", "请写成2026-08-05这样的日期。"),
    ],
)
def test_forms_speak_as_the_offices_do(field: forms.Field, typed: str, said: str):
    assert told(field, typed) == [said]


def test_what_forms_say_is_compiled_as_it_is_written_and_known_to_django():
    written = re.findall(r'^msgid "(.+)"\n(?:msgid_plural ".+"\n)?msgstr(?:\[0\])? "(.+)"$', _text(), re.MULTILINE)
    with (FOLDER / "django.mo").open("rb") as compiled:
        ours = gettext.GNUTranslations(compiled)
    assert {said: _said_by(ours, said) for said, _ in written} == dict(written)
    assert len(written) == _text().count("msgid ") - 1
    django = Path(forms.__file__).parents[1] / "conf" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    with django.open("rb") as compiled:
        theirs = gettext.GNUTranslations(compiled)
    assert [said for said, _ in written if _said_by(theirs, said) == said] == []


def _said_by(catalogue: gettext.GNUTranslations, said: str) -> str:
    """Return how a catalogue says something, be it of one or of several."""
    of_one = catalogue.gettext(said)
    return catalogue.ngettext(said, said, 1) if of_one == said else of_one


def _text() -> str:
    return (FOLDER / "django.po").read_text(encoding="utf-8")
