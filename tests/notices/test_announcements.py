"""通知公告: announced under a name and a post, read by anybody, taken away on record."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.core import tokens
from apps.core.paging import PER_PAGE
from apps.core.refusals import Refused
from apps.directory.models import User
from apps.notices import services
from apps.notices.models import Announcement, Document
from apps.notices.states import DocumentKind
from tests.factories import Scene, actor, make_issued_notice

ClientOf = Callable[[User], Client]
LIST = reverse("notices:announcements")
pytestmark = pytest.mark.usefixtures("at_the_scene")


def words_of(response: HttpResponse) -> str:
    return response.content.decode()


def publish(scene: Scene, client: Client, **changed: str) -> HttpResponse:
    token = tokens.issue("announcement", {scene.season.pk: 1})
    typed = {"title": "关于申报的说明", "text": "<b>请</b>按时申报。\n\n咨询请致电。", "token": token, **changed}
    return client.post(reverse("notices:publish", args=[scene.season.pk]), typed, follow=True)


def test_an_announcement_is_signed_and_read_by_anybody(scene: Scene, client_of: ClientOf) -> None:
    publish(scene, client_of(scene.officers.region))
    made = Announcement.objects.get()
    assert (made.by, made.post, made.published) == ("区经办", "广西壮族自治区协调办公室", scene.at)
    public = Client()
    assert "关于申报的说明" in words_of(public.get(LIST))
    shown = words_of(public.get(reverse("notices:announcement", args=[made.pk])))
    assert "&lt;b&gt;请&lt;/b&gt;按时申报。" in shown
    assert reverse("notices:withdraw", args=[made.pk]) not in shown


def test_sent_twice_it_is_announced_once(scene: Scene, client_of: ClientOf) -> None:
    token = tokens.issue("announcement", {scene.season.pk: 1})
    for _ in range(2):
        publish(scene, client_of(scene.officers.region), token=token)
    assert Announcement.objects.count() == 1


@pytest.mark.parametrize(("wrong", "status"), [({"title": " "}, 422), ({"text": ""}, 422), ({"token": "x"}, 409)])
def test_a_wrong_form_announces_nothing(scene: Scene, client_of: ClientOf, wrong: dict[str, str], status: int) -> None:
    assert publish(scene, client_of(scene.officers.region), **wrong).status_code == status
    assert not Announcement.objects.exists()


def test_only_the_office_announces_and_withdraws(scene: Scene, client_of: ClientOf) -> None:
    publish(scene, client_of(scene.officers.region))
    made = Announcement.objects.get()
    withdraw = reverse("notices:withdraw", args=[made.pk])
    assert publish(scene, client_of(scene.officers.county)).status_code == 403
    assert publish(scene, client_of(scene.applicant)).status_code == 404
    assert client_of(scene.officers.county).post(withdraw).status_code == 403
    with pytest.raises(Refused):
        services.withdraw_announcement(announcement=made, by=actor(scene.officers.city), at=scene.at)
    assert Announcement.objects.get().withdrawn is None


def test_what_is_withdrawn_is_shown_no_more_and_stays_on_record(scene: Scene, client_of: ClientOf) -> None:
    office = client_of(scene.officers.region)
    publish(scene, office)
    made = Announcement.objects.get()
    withdraw = reverse("notices:withdraw", args=[made.pk])
    assert "撤下后公众不再看到" in words_of(office.get(withdraw))
    office.post(withdraw)
    made.refresh_from_db()
    assert (made.withdrawn, made.withdrawn_by) == (scene.at, "区经办")
    assert made.title not in words_of(Client().get(LIST))
    assert Client().get(reverse("notices:announcement", args=[made.pk])).status_code == 404


def correct(made: Announcement, client: Client, **changed: str) -> HttpResponse:
    typed = {"title": made.title, "text": "请按时申报，不要逾期。", "reason": "补充说明", "seen": "0", **changed}
    return client.post(reverse("notices:correct", args=[made.pk]), typed)


def test_what_is_corrected_reads_anew_and_shows_how_it_read_before_and_why(scene: Scene, client_of: ClientOf) -> None:
    office = client_of(scene.officers.region)
    publish(scene, office)
    made = Announcement.objects.get()
    assert correct(made, office).status_code == 302
    shown = words_of(Client().get(reverse("notices:announcement", args=[made.pk])))
    for words in ("请按时申报，不要逾期。", "补充说明", "广西壮族自治区协调办公室", "&lt;b&gt;请&lt;/b&gt;按时申报。"):
        assert words in shown


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ({"reason": " "}, 422, "更正说明"),
        ({"text": "<b>请</b>按时申报。\n\n咨询请致电。"}, 409, "标题和正文都没有改动"),
        ({"text": "第三种说法", "seen": "0"}, 409, "已由他人更正"),
    ],
    ids=["no reason", "nothing new", "overtaken"],
)
def test_a_correction_that_does_not_stand_changes_nothing(
    scene: Scene, client_of: ClientOf, wrong: dict[str, str], status: int, told: str
) -> None:
    office = client_of(scene.officers.region)
    publish(scene, office)
    made = Announcement.objects.get()
    if "已由他人更正" in told:
        correct(made, office)
    before = Announcement.objects.get().text
    refused = correct(made, office, **wrong)
    assert (refused.status_code, told in words_of(refused)) == (status, True)
    assert Announcement.objects.get().text == before


def test_issued_documents_stand_there_and_personal_ones_do_not(scene: Scene) -> None:
    make_issued_notice(scene)
    certificate = Document.objects.get(kind=DocumentKind.CERTIFICATE)
    notice = Document.objects.get(kind=DocumentKind.APPOINTMENT_NOTICE)
    issued = {"tab": "issued"}
    words = words_of(Client().get(LIST, issued))
    assert notice.number in words
    assert certificate.number not in words
    assert notice.number in words_of(Client().get(LIST, {**issued, "q": notice.title[2:6]}))
    assert notice.number not in words_of(Client().get(LIST, {**issued, "q": "没有"}))


def test_older_announcements_stand_on_further_pages_and_are_found_by_their_words(scene: Scene) -> None:
    Announcement.objects.bulk_create(
        Announcement(
            season=scene.season,
            key=str(n),
            title=f"第{n:02}号公告",
            text=f"正文{n:02}",
            by="区经办",
            published=scene.at,
        )
        for n in range(PER_PAGE + 2)
    )
    first, last = Client().get(LIST), Client().get(LIST, {"page": "2"})
    assert [str(each) for each in last.context["page"]] == ["第01号公告", "第00号公告"]
    assert f"第 1 / 2 页，共 {PER_PAGE + 2} 条" in words_of(first)
    asked = {"q": "正文00", "season": str(scene.season.pk)}
    assert [str(each) for each in Client().get(LIST, asked).context["page"]] == ["第00号公告"]
    assert "没有符合条件的内容" in words_of(Client().get(LIST, {"q": "不存在"}))


def test_the_guide_is_open_to_everybody(scene: Scene) -> None:
    guide = reverse("home:guide")
    assert guide in words_of(Client().get("/"))
    assert "协调办公室" in words_of(Client().get(guide))
