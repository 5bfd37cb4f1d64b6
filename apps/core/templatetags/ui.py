"""Small words of the screens, built into every template."""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core import kinds
from apps.core.kinds import Kind
from apps.core.models import Recorded
from apps.core.paging import MOST_COUNTED

register = template.Library()

_WEEKDAYS = "一二三四五六日"
_SOON_DAYS = 3
_MOST_IN_A_NAME = 9
"""The characters of a name that stand in one line of the column of names (`.facts`)."""


def _day(value: date | datetime) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value


@register.filter
def chinese_date(value: date | datetime | None) -> str:
    """Write a day as 2023年8月5日（周六）."""
    if not value:
        return ""
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


@register.filter
def chinese_moment(value: datetime | None) -> str:
    """Write a moment as 2023年8月5日 10:32, in local time."""
    if not value:
        return ""
    at = timezone.localtime(value)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


@register.filter
def is_sentence(label: str) -> bool:
    """Tell whether what an entry is called is too long for the column of names, and wants the width of the text."""
    return len(label) > _MOST_IN_A_NAME


@register.filter
def before_about(title: str) -> list[str]:
    """Part a title before 关于, where one too long for a line breaks."""
    return [part for part in re.split("(?=关于)", title, maxsplit=1) if part]


@register.filter
def days_left(value: date, today: date | datetime) -> str:
    """Say how far off a closing day is, that day still counting."""
    days = (value - _day(today)).days
    if days < 0:
        return f"已超过{-days}天"
    return "今天截止" if days == 0 else f"还有{days}天"


@register.filter
def deadline_tone(value: date, today: date | datetime) -> str:
    """Tell how pressing a closing day is."""
    days = (value - _day(today)).days
    if days < 0:
        return "danger"
    return "warning" if days <= _SOON_DAYS else "muted"


def _kind_and_state(thing: Any) -> tuple[Kind, str]:
    """Find the kind and state of a record, or of a paper, which names its kind."""
    kind = kinds.of(type(thing)) if isinstance(thing, Recorded) else kinds.named(thing.kind)
    return kind, thing.state


@register.filter
def state_label(thing: Any) -> str:
    """Name the state of a record or a paper, as the offices say it."""
    kind, state = _kind_and_state(thing)
    return kind.called(state)


@register.filter
def public_label(thing: Any) -> str:
    """Name the state of a record or a paper, as the person concerned reads it."""
    kind, state = _kind_and_state(thing)
    return kind.public_label(state)


@register.filter
def tone(thing: Any) -> str:
    """Tell how the state of a record or a paper looks: muted, info, warning, success or danger."""
    kind, state = _kind_and_state(thing)
    return kind.tones.get(state, "info")


@register.filter
def action_label(thing: Any) -> str:
    """Name the act of a log row, as it is called where the record was, or of a paper that is done."""
    return kinds.named(thing.kind).act_called(thing.action, getattr(thing, "from_state", ""))


@register.filter
def about(number: int) -> str:
    """Write a number counted no further than a limit: 1,000+ beyond it."""
    return f"{MOST_COUNTED:,}+" if number > MOST_COUNTED else f"{number:,}"


@register.filter
def total(mapping: Any) -> int:
    """Add up the numbers that a mapping holds."""
    return sum(mapping.values())


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """Look a key up in a mapping, empty where it is not."""
    return mapping.get(key, "")


def _request(context: Context) -> HttpRequest:
    """Return the request a page is made for, also within a component that is included with `only`."""
    request: HttpRequest = getattr(context, "request", None) or context["request"]
    return request


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return the present address's parameters with some changed; None takes one away, and the page starts anew."""
    parameters = _request(context).GET.copy()
    if "page" not in changes:
        parameters.pop("page", None)
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.simple_tag(takes_context=True)
def csrf_field(context: Context) -> SafeString:
    """Return the form's protection, also within a component that is included with `only`."""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(_request(context)))


@register.simple_tag(takes_context=True)
def kept_parameters(context: Context, form: Any) -> list[tuple[str, str]]:
    """Return the present address's parameters that a filter form does not ask for, so that it may carry them."""
    asked = {form.add_prefix(name) for name in form.fields} | {"page"}
    return [(name, str(value)) for name, value in _request(context).GET.items() if name not in asked]
