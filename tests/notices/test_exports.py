"""The lists of the notices as workbooks, as they are on the screen."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.desks.states import DeskState
from apps.notices.models import NumberBook, PublicityList
from apps.notices.services import announce
from tests.factories import Scene, login, make_application, make_issued_notice

pytestmark = pytest.mark.usefixtures("at_the_scene")


def rows_of(client: Client, address: str, **asked: str) -> list[tuple[Any, ...]]:
    answer = client.get(address, {**asked, "export": "xlsx"})
    return list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))


def test_notices_their_book_and_what_the_public_reads_of_them(scene: Scene) -> None:
    notice = make_issued_notice(scene)
    assert notice.document is not None
    office, book = login(Client(), scene.officers.region), NumberBook.objects.get(pk=notice.document.book_id)
    number, title = notice.document.number, notice.title
    assert [row[:4] for row in rows_of(office, reverse("notices:drafts", args=[scene.season.pk]))] == [
        ("标题", "范围", "状态", "文号"), (title, "南宁市", "已印发", number),
    ]  # fmt: skip
    assert len(rows_of(office, reverse("notices:drafts", args=[scene.season.pk]), state="draft")) == 1
    in_book = rows_of(office, reverse("notices:book", args=[scene.season.pk, book.pk]))
    assert [row[:2] for row in in_book] == [("文号", "标题"), (number, title)]
    assert rows_of(Client(), reverse("notices:announcements"), tab="issued") == in_book
    assert len(rows_of(Client(), reverse("notices:announcements"), tab="issued", q="没有")) == 1


def test_public_lists_and_the_lines_of_one(scene: Scene) -> None:
    listed = make_application(scene, DeskState.ON_NOTICE)
    announce(season=scene.season, kind="application", seen={listed.pk: listed.version}, by=scene.office, at=scene.at)
    published = PublicityList.objects.get()
    assert rows_of(Client(), reverse("notices:lists"))[1][:2] == (published.title, "公示中")
    assert len(rows_of(Client(), reverse("notices:lists"), state="ended")) == 1
    address = reverse("notices:public_list", args=[published.pk])
    assert rows_of(Client(), address) == [
        ("姓名", "派出单位", "服务县（市、区）"), (listed.person.name, "广西测试大学", "宾阳县"),
    ]  # fmt: skip
    assert len(rows_of(Client(), address, q="没有")) == 1
