"""A host applies on screen, its county keeps the list on screen; what is refused comes back with what was typed."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.core import clock
from apps.desks import services as desks
from apps.recognition.models import ListFiling, Recognition, Target
from apps.writing.selectors import form_of
from tests.factories.people import login
from tests.factories.recognition import FILLED, Hosts, anew, build_hosts
from tests.writing.pages import address, hand_in, page, text_of, token_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Hosts:
    built = build_hosts()
    monkeypatch.setattr(clock, "now", lambda: built.at + timedelta(hours=1))
    return built


def as_(hosts: Hosts, name: str) -> Client:
    return login(Client(), hosts.officers[name])


def to(name: str, *args: Any) -> str:
    return reverse(f"recognition:{name}", args=args)


def rows_of(answer: Any) -> list[list[Any]]:
    return [list(row) for row in load_workbook(BytesIO(answer.getvalue())).active.iter_rows(values_only=True)]


def test_a_host_starts_saves_a_draft_mends_it_and_gets_its_receipt(hosts: Hosts):
    host = as_(hosts, "host")
    openings = host.get(to("start")).context["openings"]
    assert [each.label for each in openings] == ["示范户", "示范点", "农业科技园区", "示范单位"]
    begun = host.post(to("start"), {"opening": openings[0].key})
    draft = Recognition.objects.get()
    pages = range(1, len(form_of(draft)) + 1)
    assert begun.url == page(draft, 1)
    lacking = {**FILLED, "recognition.wanted": "", "recognition.township": hosts.township.pk}
    for number in pages:
        host.post(page(draft, number), lacking)
    check = host.get(address("check", draft))
    assert ([each.key for each in check.context["case"].problems], check.context["may_submit"]) == (
        ["recognition.wanted"], False,
    )  # fmt: skip
    (last,) = [
        number for number in pages if "希望得到的服务没有填写" in text_of(host.get(f"{page(draft, number)}?check=1"))
    ]
    host.post(address("autosave", draft, last), {"recognition.wanted": "防疫"})
    assert hand_in(host, draft, confirmed="").status_code == 422
    token = token_on(host.get(address("check", draft)))
    assert {hand_in(host, draft, token).url for _ in range(2)} == {address("receipt", draft)}
    assert anew(draft).state == "awaiting_consent"
    assert "团结街道" in text_of(host.get(address("receipt", draft)))
    assert host.get(address("receipt_pdf", draft)).content[:5] == b"%PDF-"
    assert host.post(to("start"), {"opening": openings[0].key}).url == address("receipt", draft)
    assert as_(hosts, "township").get(reverse("writing:numbered", args=[draft.number])).url == (
        f"/records/recognition/{draft.pk}/"
    )


def test_what_is_given_back_names_its_entries_and_shows_what_was_changed(hosts: Hosts):
    given_back = hosts.hand_in()
    desks.send_back(
        record=anew(given_back),
        by=hosts.by("township"),
        at=hosts.at,
        opinion="请写明数量。",
        fields=["recognition.wanted"],
    )
    host, where = as_(hosts, "host"), address("check", given_back)
    assert "请写明数量。" in text_of(host.get(where))
    numbers = range(1, len(form_of(given_back)) + 1)
    (named,) = [number for number in numbers if "退回意见涉及此项" in text_of(host.get(page(given_back, number)))]
    host.post(page(given_back, named), {"recognition.wanted": "防疫一百只"})
    assert "退回前填写：饲草料配比和防疫。" in text_of(host.get(page(given_back, named)))
    assert hand_in(host, given_back).status_code == 302
    read = text_of(as_(hosts, "township").get(f"/records/recognition/{given_back.pk}/"))
    assert "原：饲草料配比和防疫。</span>现：防疫一百只" in read


def test_a_county_takes_one_off_the_list_hands_the_list_in_and_the_institute_files_it(hosts: Hosts):
    target, county = hosts.recognise(), as_(hosts, "county")
    off = to("act_target", target.pk, "take_off")
    sent = {"token": token_on(county.get(off)), "ground": "", "opinion": "转包他人"}
    refused = county.post(off, sent)
    assert (refused.status_code, "转包他人" in refused.content.decode()) == (422, True)
    assert county.post(off, {**sent, "ground": "misconduct"}).url == to("target", target.pk)
    assert "违反相关管理办法" in as_(hosts, "host").get(to("target", target.pk)).content.decode()
    hosts.another("第二户").recognise()
    assert [each.changes for each in county.get(to("targets")).context["kept"]] == [2]
    made = county.post(to("hand_in"), {"kind": "household", "county": hosts.county.pk})
    filing = ListFiling.objects.get()
    assert made.url == to("filing", filing.pk)
    again = county.post(to("hand_in"), {"kind": "household", "county": hosts.county.pk})
    assert again.status_code == 409
    institute, act = as_(hosts, "institute"), to("act_filing", filing.pk, "file")
    institute.post(act, {"token": token_on(institute.get(act))})
    assert anew(filing).state == "filed"
    lines = rows_of(institute.get(f"{to('filing', filing.pk)}?export=xlsx"))
    assert lines == [["名称", "苏木乡镇", "列入日期", "调出日期", "与上次报送相比"],
                     ["第二户", hosts.township.name, "2026年6月10日", None, "新增"]]  # fmt: skip


@pytest.mark.parametrize("name", ["public_targets", "targets", "recognitions"])
def test_a_list_is_narrowed_exported_and_costs_the_same_however_long(
    hosts: Hosts, name: str, django_assert_num_queries: Any
):
    county, most = as_(hosts, "county"), {"public_targets": 10, "targets": 14, "recognitions": 10}[name]
    hosts.recognise()
    for number in (1, 3):
        with django_assert_num_queries(most):
            shown = county.get(to(name))
        assert shown.context["table"].page.paginator.count == number
        for called in ("乙户", "丙户")[: 3 - number]:
            hosts.another(called).recognise()
    assert [row.record.host.name for row in county.get(to(name), {"text": "乙户"}).context["table"].rows] == ["乙户"]
    assert county.get(to(name), {"kind": "household", "text": "甲户"}).context["table"].page.paginator.count == 0
    assert len(rows_of(county.get(to(name), {"export": "xlsx"}))) == 4
    assert county.get(to(name), {"sort": "host"}).status_code == 200


def test_the_front_page_leads_to_the_list_only_where_hosts_are_recognised(hosts: Hosts, client: Client):
    link = to("public_targets")
    assert link in client.get("/").content.decode()
    hosts.season.windows.all().delete()
    type(hosts.season).objects.filter(pk=hosts.season.pk).update(state="closed")
    assert link not in client.get("/").content.decode()
    assert Target.objects.count() == 0
