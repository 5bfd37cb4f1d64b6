"""Small words of the screens."""

from datetime import UTC, date, datetime

import pytest
from django.template import RequestContext, Template
from django.test import RequestFactory

from apps.applications.models import Application
from apps.core.templatetags import ui


def test_days_and_moments_are_written_as_offices_write_them():
    assert ui.chinese_date(date(2023, 8, 5)) == "2023年8月5日（周六）"
    assert ui.chinese_moment(datetime(2023, 8, 5, 2, 32, tzinfo=UTC)) == "2023年8月5日 10:32"
    assert (ui.chinese_date(None), ui.chinese_moment(None)) == ("", "")


@pytest.mark.parametrize(
    ("day", "words", "tone"),
    [(4, "已超过1天", "danger"), (5, "今天截止", "warning"), (8, "还有3天", "warning"), (9, "还有4天", "muted")],
)
def test_a_closing_day_is_told_in_days(day, words, tone):
    today = date(2023, 8, 5)
    assert ui.days_left(date(2023, 8, day), today) == words
    assert ui.deadline_tone(date(2023, 8, day), today) == tone


def test_a_late_evening_in_utc_is_the_next_day_here():
    assert ui.days_left(date(2023, 8, 5), datetime(2023, 8, 4, 17, tzinfo=UTC)) == "今天截止"


def test_what_does_not_fit_into_the_column_of_names_is_a_sentence():
    assert (ui.is_sentence("从事科技服务年限"), ui.is_sentence("以上所填内容真实、完整")) == (False, True)


def test_a_title_breaks_before_what_it_is_about():
    assert [ui.before_about(title) for title in ("某办公室关于聘任人员的通知", "关于关于聘任的批复", "公告", "")] == [
        ["某办公室", "关于聘任人员的通知"],
        ["关于关于聘任的批复"],
        ["公告"],
        [],
    ]


def test_a_state_has_a_name_for_offices_one_for_the_public_and_a_look():
    record = Application(state="awaiting_consent")
    assert (ui.state_label(record), ui.public_label(record), ui.tone(record)) == (
        "待同意",
        "征求同意中",
        "info",
    )


def test_a_long_list_is_counted_roughly():
    assert [ui.about(number) for number in (7, 1000, 1001)] == ["7", "1,000", "1,000+"]


@pytest.mark.parametrize(
    ("tag", "address"),
    [("page=2", "?tab=done&page=2"), ("tab=None", "?"), ("text='柑橘'", "?tab=done&text=%E6%9F%91%E6%A9%98")],
)
def test_an_address_keeps_its_parameters(tag, address):
    request = RequestFactory().get("/", {"tab": "done", "page": "5"})
    template = Template(f"{{% query {tag} %}}")
    assert template.render(RequestContext(request)).replace("&amp;", "&") == address
