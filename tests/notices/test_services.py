"""Lists and notices: published whole or not at all, numbered without a gap, issued once."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import override_settings

from apps.applications.models import Application
from apps.core import files, seals
from apps.core.refusals import Refused
from apps.desks.states import DeskState
from apps.notices import documents, printing, services
from apps.notices.models import Document, Message, Notice, NumberBook, PublicityList
from apps.notices.states import ListState, NoticeState
from tests.factories import (
    AFTER_NOTICE,
    Scene,
    actor,
    fresh,
    make_application,
    make_draft_notice,
    make_issued_notice,
    make_passed,
    run_effects,
)
from workflows import steps

AN_HOUR = timedelta(hours=5)


@pytest.fixture
def later(scene: Scene):
    return scene.at + AFTER_NOTICE


def waiting(scene: Scene, number: int = 1) -> dict[int, int]:
    made = [make_application(scene, DeskState.ON_NOTICE) for _ in range(number)]
    return {each.pk: each.version for each in made}


def announce(scene: Scene, seen: dict[int, int], **given):
    act = {"by": scene.office, "at": scene.at + AN_HOUR, **given}
    return services.announce(season=scene.season, kind="application", seen=seen, **act)


def test_a_list_names_who_is_on_it_and_its_days(scene: Scene) -> None:
    seen = waiting(scene, 2)
    published = announce(scene, seen)
    assert published.state == ListState.PUBLISHED
    assert (published.opens, published.closes) == (date(2026, 6, 10), date(2026, 6, 14))
    assert published.title == "关于2026年度乡村科技特派员拟聘任人员名单的公示"
    assert "共2人" in published.body[0]
    assert "2026年6月10日至2026年6月14日，共5天" in published.body[1]
    lines = [entry.line for entry in published.entries.all()]
    names = sorted(Application.objects.filter(pk__in=seen).values_list("person__name", flat=True))
    assert sorted(line["姓名"] for line in lines) == names
    assert {tuple(line) for line in lines} == {("姓名", "派出单位", "服务县（市、区）")}
    assert {each.notice_until for each in Application.objects.filter(pk__in=seen)} == {published.closes}


def test_who_stands_on_a_list_is_told_once_what_of_him_is_public_and_until_when(scene: Scene) -> None:
    seen = waiting(scene, 2)
    published = announce(scene, seen)
    run_effects(scene.at + AN_HOUR)
    run_effects(scene.at + AN_HOUR)
    told = Message.objects.filter(key__startswith="listed:").values_list("user__person", "text", "link")
    people = Application.objects.filter(pk__in=seen).order_by("person").values_list("person", flat=True)
    text = (
        "您已列入公示：关于2026年度乡村科技特派员拟聘任人员名单的公示。自2026年6月10日至2026年6月14日（含当日），"
        f"公众可以看到您的姓名、派出单位、服务县（市、区）。内容有误的，请在公示期内反映。{published.contact}"
    )
    link = f"/public/lists/{published.pk}/"
    assert sorted(told) == [(person, text, link) for person in people]
    assert Message.objects.filter(user=scene.officers.region).count() == len(seen), "of their coming alone"


def test_a_list_sent_twice_with_one_token_is_one_list(scene: Scene) -> None:
    seen = waiting(scene)
    first = announce(scene, seen, token="same")
    again = announce(scene, seen, token="same")
    assert again == first
    assert PublicityList.objects.count() == 1


def test_a_record_already_on_a_list_stops_the_whole_second_list(scene: Scene) -> None:
    one, two = waiting(scene), waiting(scene)
    announce(scene, one)
    stale = {**two, **{pk: version + 1 for pk, version in one.items()}}
    with pytest.raises(Refused, match="已列入公示名单"):
        announce(scene, stale)
    assert PublicityList.objects.count() == 1
    assert fresh(Application.objects.get(pk=next(iter(two)))).notice_until is None


def test_a_record_that_changed_is_told_with_who_did_what(scene: Scene) -> None:
    seen = waiting(scene)
    announce(scene, seen)
    with pytest.raises(Refused, match=r"区经办.*已于2026年6月10日 15:00办理“列入公示”"):
        announce(scene, seen)


@pytest.mark.parametrize("kind", ["application", "season", "nothing"])
def test_nothing_chosen_makes_no_list(scene: Scene, kind: str) -> None:
    with pytest.raises(Refused, match="没有选择"):
        services.announce(season=scene.season, kind=kind, seen={}, by=scene.office, at=scene.at)


def test_a_record_of_another_step_makes_no_list(scene: Scene) -> None:
    record = make_application(scene, DeskState.AWAITING_CONSENT)
    with pytest.raises(Refused, match="不在公示环节"):
        announce(scene, {record.pk: record.version})


def test_a_county_officer_publishes_no_list(scene: Scene) -> None:
    seen = waiting(scene)
    with pytest.raises(Refused):
        announce(scene, seen, by=actor(scene.officers.county))
    assert not PublicityList.objects.exists()


def test_a_list_ends_the_day_after_its_last_day(scene: Scene) -> None:
    published = announce(scene, waiting(scene))
    last_day = scene.at + timedelta(days=4)
    assert services.end_lists(at=last_day) == 0
    assert services.end_lists(at=last_day + timedelta(days=1)) == 1
    assert services.end_lists(at=last_day + timedelta(days=1)) == 0
    assert PublicityList.objects.get(pk=published.pk).state == ListState.ENDED


def test_an_issued_notice_has_number_text_and_print(scene: Scene, later) -> None:
    notice = make_issued_notice(scene, people=2)
    assert notice.state == NoticeState.ISSUED
    document = notice.document
    assert document.number == "桂科农字〔2026〕1号"
    assert document.title == "自治区乡村科技特派员工作协调机制办公室关于聘任2026年度南宁市乡村科技特派员的通知"
    assert document.content["date"] == "2026年6月17日"
    assert [row[0] for row in document.content["roster"]["rows"]] == ["1", "2"]
    assert document.content_digest == documents.digest(document.content)
    assert files.read(document.pdf, "pdf") == printing.render(document.content)


def test_a_document_names_the_newest_seal_and_keeps_it(scene: Scene) -> None:
    assert make_issued_notice(scene).document.content["seal"] == ""
    sealed = seals.seal(at=scene.at)
    make_passed(scene)
    (certificate,) = Document.objects.filter(kind="certificate")
    assert certificate.content["seal"] == ""
    steps.draft_notices(scene.at + AFTER_NOTICE)
    draft = Notice.objects.get(state=NoticeState.DRAFT)
    issued = services.issue(notice=draft, by=scene.office, at=scene.at + AFTER_NOTICE)
    seals.seal(at=scene.at + AFTER_NOTICE)
    root = sealed.root
    assert issued.document.content["seal"] == f"第1号 {root[:4]} {root[4:8]} {root[8:12]} {root[12:16]}"


def test_the_next_notice_takes_the_next_number(scene: Scene) -> None:
    make_issued_notice(scene)
    make_passed(scene)
    at = scene.at + timedelta(days=8)
    steps.draft_notices(at)
    second = Notice.objects.select_related("season", "region").get(state=NoticeState.DRAFT)
    assert services.issue(notice=second, by=scene.office, at=at).document.number == "桂科农字〔2026〕2号"


def test_a_new_year_starts_a_new_book(scene: Scene) -> None:
    notice = make_issued_notice(scene, at=scene.at.replace(year=2027))
    assert notice.document.number == "桂科农字〔2027〕1号"


def test_a_refused_issue_leaves_no_gap(scene: Scene, later) -> None:
    notice = make_draft_notice(scene)
    for officer in (scene.officers.county, scene.officers.auditor, scene.stranger):
        with pytest.raises(Refused, match="不能对此文件办理"):
            services.issue(notice=notice, by=actor(officer), at=later)
    assert not NumberBook.objects.exists()
    assert not Document.objects.exists()
    assert services.issue(notice=notice, by=scene.office, at=later).document.number == "桂科农字〔2026〕1号"


def test_a_second_click_issues_nothing_more(scene: Scene, later) -> None:
    notice = make_draft_notice(scene)
    first = services.issue(notice=notice, by=scene.office, at=later, token="same")
    again = services.issue(notice=notice, by=scene.office, at=later, token="same")
    assert again.document == first.document
    assert NumberBook.objects.get(word="桂科农字").last == 1


def test_an_issue_after_another_is_told_who_was_first(scene: Scene, later) -> None:
    notice = make_draft_notice(scene)
    services.issue(notice=notice, by=scene.office, at=later, token="one")
    with pytest.raises(Refused, match="本次操作未执行"):
        services.issue(notice=notice, by=scene.office, at=later, token="two")
    assert NumberBook.objects.get(word="桂科农字").last == 1


def test_a_text_with_a_character_no_font_has_is_not_numbered(scene: Scene, later) -> None:
    notice = make_draft_notice(scene)
    notice.content = {**notice.content, "title": "聘任\U0010fffd的通知"}
    with pytest.raises(Refused, match="字库缺少"):
        services.issue(notice=notice, by=scene.office, at=later)
    assert not Document.objects.exists()


def test_without_fonts_nothing_is_issued(scene: Scene, later, tmp_path) -> None:
    notice = make_draft_notice(scene)
    with override_settings(FONTS_DIR=tmp_path), pytest.raises(Refused, match="缺少公文字体"):
        services.issue(notice=notice, by=scene.office, at=later)
    assert not Document.objects.exists()


def test_a_discarded_draft_needs_a_reason_and_is_drafted_anew(scene: Scene, later) -> None:
    notice = make_draft_notice(scene)
    with pytest.raises(Refused, match="没有填写作废理由"):
        services.discard(notice=notice, by=scene.office, at=later, opinion=" ")
    gone = services.discard(notice=notice, by=scene.office, at=later, opinion="人名有误")
    assert gone.state == NoticeState.WITHDRAWN
    run_effects(later)
    assert steps.draft_notices(later + timedelta(hours=1)) == 1
    assert [each.state for each in Notice.objects.order_by("pk")] == [NoticeState.WITHDRAWN, NoticeState.DRAFT]


def test_printing_again_changes_nothing(scene: Scene, later) -> None:
    notice = make_issued_notice(scene)
    before = notice.document.pdf
    services.print_documents([notice.document_id])
    assert Document.objects.get(pk=notice.document_id).pdf == before


@pytest.mark.django_db(transaction=True)
def test_people_are_told_once_in_the_system_and_by_mail(transactional_scene: Scene) -> None:
    scene = transactional_scene
    mail.outbox.clear()
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    officer = Message.objects.get(user=scene.officers.unit)
    assert officer.text.startswith("新的待办：")
    assert officer.link == f"/records/application/{application.pk}/"
    (to_officer,) = [sent for sent in mail.outbox if sent.to == [scene.officers.unit.email]]
    assert officer.text in to_officer.body
    assert to_officer.extra_headers["X-Idempotency-Key"]
    told = Message.objects.get(user__person=application.person)
    assert "下一步由广西测试大学办理" in told.text
