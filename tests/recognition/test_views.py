"""A host applies on screen, its county keeps the list on screen; what is refused comes back with what was typed."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.core import clock
from apps.recognition.models import ListFiling, Recognition, Target
from tests.factories.people import login
from tests.factories.recognition import FILLED, Hosts, anew, build_hosts

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


def token_on(page: Any) -> str:
    return str(page.context["token"] if "token" in page.context else page.context["form"]["token"].value())


def rows_of(answer: Any) -> list[list[Any]]:
    return [list(row) for row in load_workbook(BytesIO(answer.getvalue())).active.iter_rows(values_only=True)]


def test_a_host_starts_saves_a_draft_mends_it_and_gets_its_receipt(hosts: Hosts):
    host = as_(hosts, "host")
    openings = host.get(to("start")).context["openings"]
    assert [each.label for each in openings] == ["示范户", "示范点", "农业科技园区", "示范单位"]
    begun = host.post(to("start"), {"opening": openings[0].key})
    draft = Recognition.objects.get()
    assert begun.url == to("form", draft.pk)
    lacking = {**FILLED, "recognition.wanted": "", "recognition.township": hosts.township.pk, "later": "yes"}
    assert host.post(to("form", draft.pk), lacking).url == to("form", draft.pk)
    check = host.get(to("check", draft.pk))
    assert ([each.key for each in check.context["case"].problems], check.context["may_submit"]) == (
        ["recognition.wanted"], False,
    )  # fmt: skip
    assert "希望得到的服务没有填写" in host.get(f"{to('form', draft.pk)}?check=1").content.decode()
    assert host.post(to("form", draft.pk), {"recognition.wanted": "防疫"}).url == to("check", draft.pk)
    sent = {"token": token_on(host.get(to("check", draft.pk)))}
    assert host.post(to("check", draft.pk), sent).status_code == 422
    answers = [host.post(to("check", draft.pk), {**sent, "confirmed": "yes"}) for _ in range(2)]
    assert {answer.url for answer in answers} == {to("receipt", draft.pk)}
    assert anew(draft).state == "awaiting_consent"
    assert "团结街道" in host.get(to("receipt", draft.pk)).content.decode()
    assert host.post(to("start"), {"opening": openings[0].key}).url == to("receipt", draft.pk)


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


@pytest.mark.parametrize("page", ["public_targets", "targets", "recognitions"])
def test_a_list_is_narrowed_exported_and_costs_the_same_however_long(
    hosts: Hosts, page: str, django_assert_num_queries: Any
):
    county, most = as_(hosts, "county"), {"public_targets": 10, "targets": 14, "recognitions": 10}[page]
    hosts.recognise()
    for number in (1, 3):
        with django_assert_num_queries(most):
            shown = county.get(to(page))
        assert shown.context["table"].page.paginator.count == number
        for name in ("乙户", "丙户")[: 3 - number]:
            hosts.another(name).recognise()
    assert [row.record.host.name for row in county.get(to(page), {"text": "乙户"}).context["table"].rows] == ["乙户"]
    assert county.get(to(page), {"kind": "household", "text": "甲户"}).context["table"].page.paginator.count == 0
    assert len(rows_of(county.get(to(page), {"export": "xlsx"}))) == 4
    assert county.get(to(page), {"sort": "host"}).status_code == 200


def test_the_front_page_leads_to_the_list_only_where_hosts_are_recognised(hosts: Hosts, client: Client):
    link = to("public_targets")
    assert link in client.get("/").content.decode()
    hosts.season.windows.all().delete()
    type(hosts.season).objects.filter(pk=hosts.season.pk).update(state="closed")
    assert link not in client.get("/").content.decode()
    assert Target.objects.count() == 0
