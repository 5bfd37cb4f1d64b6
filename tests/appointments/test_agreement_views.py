"""The pages of an agreement: who finds it, what each party may do there, what is asked before it is done."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from apps.appointments.models import Agreement, Signature
from apps.appointments.states import AgreementState
from apps.directory.models import User
from tests.factories import PDF, City, build_city, run_effects
from tests.factories.agreements import PARTIES, again, make_agreement, revise_as, sign_as, signing_at, void_as

Browser = Callable[[User], Client]
LIST = reverse("appointments:agreements")
SEND = reverse("appointments:send_out")


@pytest.fixture
def city(db: None) -> Iterator[City]:
    city = build_city()
    with time_machine.travel(signing_at(city), tick=False):
        yield city


def user(city: City, name: str) -> User:
    return city.applicant if name == "person" else city.stranger if name == "stranger" else city.officers[name]


def page(name: str, agreement: Agreement, *more: object) -> str:
    return reverse(f"appointments:{name}", args=[agreement.pk, *more])


def token_in(response) -> str:
    return response.context["token"]


def filled(response, **typed: object) -> dict[str, object]:
    """Return what a form sends: its hidden fields and what is typed."""
    return {"token": token_in(response), "digest": response.context["agreement"].digest(), **typed}


def test_the_parties_find_it_in_their_list_and_inbox_and_nobody_else_does(city: City, client_of: Browser):
    agreement = make_agreement(city)
    for name in PARTIES:
        browser = client_of(user(city, name))
        assert page("agreement", agreement) in browser.get(LIST).content.decode()
        inbox = browser.get(reverse("home:inbox")).content.decode()
        assert "石测试的晋中市科技特派员选派协议" in inbox
        record = browser.get(reverse("home:record", args=["agreement", agreement.pk]))
        assert record.url == page("agreement", agreement)
        assert browser.get(record.url).status_code == 200
    for name in ("issuer", "stranger"):
        browser = client_of(user(city, name))
        assert "还没有需要您签署的协议" in browser.get(LIST).content.decode()
        for address in ("agreement", "copy", "revise", "void"):
            assert browser.get(page(address, agreement)).status_code == 404
        for address in ("sign", "refuse"):
            assert browser.get(page(address, agreement, 1)).status_code == 404
        assert browser.get(page("scan", agreement, "0" * 64)).status_code == 404
    assert Client().get(LIST).url == f"/login/?next={LIST}"


def test_drafts_of_the_list_are_sent_out_together_after_a_confirmation(city: City, client_of: Browser):
    agreement = make_agreement(city, AgreementState.DRAFTED)
    bureau = client_of(user(city, "city"))
    assert "送签所筛选的草稿（1份）" in bureau.get(LIST).content.decode()
    asked = bureau.get(SEND)
    assert "送签1份协议" in asked.content.decode()
    done = bureau.post(SEND, {"token": token_in(asked)})
    assert done.url == page("agreement", agreement)
    assert again(agreement).state == AgreementState.SIGNING
    assert "没有待送签的协议" in bureau.get(SEND).content.decode()


def test_a_party_reads_ticks_and_signs(city: City, client_of: Browser):
    agreement = make_agreement(city)
    host = client_of(user(city, "host"))
    address = page("sign", agreement, 3)
    asked = host.get(address)
    assert agreement.digest() in asked.content.decode()
    unread = host.post(address, filled(asked))
    assert (unread.status_code, again(agreement).remaining) == (422, 5)
    assert "请阅读全文后勾选，再签署。" in unread.content.decode()
    assert host.post(address, filled(asked, has_read="on")).url == page("agreement", agreement)
    assert again(agreement).remaining == 4
    assert host.get(address).status_code == 403
    assert client_of(user(city, "unit")).get(address).status_code == 403


def test_what_was_changed_since_it_was_read_is_not_signed(city: City, client_of: Browser):
    agreement = make_agreement(city)
    host = client_of(user(city, "host"))
    asked = host.get(page("sign", agreement, 3))
    revise_as(city, agreement)
    assert host.post(page("sign", agreement, 3), filled(asked, has_read="on")).status_code == 403
    bureau = client_of(user(city, "city"))
    bureau.post(SEND, {"token": token_in(bureau.get(SEND))})
    late = host.post(page("sign", agreement, 3), filled(asked, has_read="on"))
    assert late.status_code == 409
    assert "协议文本在您阅读之后已有修改" in late.content.decode()
    assert not Signature.objects.exists()


def test_who_draws_it_up_files_a_stamped_scan_that_the_parties_can_open(city: City, client_of: Browser):
    agreement = make_agreement(city)
    bureau = client_of(user(city, "city"))
    address = page("sign", agreement, 3)
    asked = bureau.get(address)
    assert "上传服务单位的签章扫描件" in asked.content.decode()
    without = bureau.post(address, filled(asked, has_read="on"))
    assert "请选择签字盖章的扫描件。" in without.content.decode()
    bad = SimpleUploadedFile("盖章页.pdf", b"no pdf", "application/pdf")
    assert "内容不是完好的PDF" in bureau.post(address, filled(asked, has_read="on", scan=bad)).content.decode()
    good = SimpleUploadedFile("盖章页.pdf", PDF, "application/pdf")
    assert bureau.post(address, filled(asked, has_read="on", scan=good)).status_code == 302
    (signature,) = Signature.objects.all()
    scan = client_of(user(city, "unit")).get(page("scan", agreement, signature.scan["digest"]))
    assert (scan.content, scan.headers["Content-Type"]) == (PDF, "application/pdf")


def test_a_refusal_needs_a_reason_and_is_shown_with_it(city: City, client_of: Browser):
    agreement = make_agreement(city)
    host = client_of(user(city, "host"))
    address = page("refuse", agreement, 3)
    asked = host.get(address)
    assert host.post(address, filled(asked, opinion="")).status_code == 422
    assert host.post(address, filled(asked, opinion="任务不明确。")).status_code == 302
    assert "理由：任务不明确。" in client_of(user(city, "city")).get(page("agreement", agreement)).content.decode()


def test_changing_warns_of_the_signatures_that_it_voids(city: City, client_of: Browser):
    agreement = make_agreement(city)
    sign_as(city, agreement, "host")
    bureau = client_of(user(city, "city"))
    address = page("revise", agreement)
    asked = bureau.get(address)
    assert "已有1方签署。保存修改后这些签署全部作废" in asked.content.decode()
    typed = {"title": "选派协议", "body": "第一段\n\n  第二段 ", "opinion": "重写"}
    assert bureau.post(address, filled(asked, **typed)).status_code == 302
    changed = again(agreement)
    assert (changed.content["title"], changed.content["body"]) == ("选派协议", ["第一段", "第二段"])
    assert (changed.state, changed.remaining) == (AgreementState.DRAFTED, 5)
    for name in ("host", "person"):
        assert client_of(user(city, name)).get(address).status_code == 403


def test_two_who_change_at_once_do_not_overwrite_each_other(city: City, client_of: Browser):
    agreement = make_agreement(city)
    bureau = client_of(user(city, "city"))
    asked = bureau.get(page("revise", agreement))
    revise_as(city, agreement)
    late = bureau.post(page("revise", agreement), filled(asked, title="旧", body="旧", opinion="旧"))
    assert late.status_code == 409
    assert again(agreement).content["title"] == "晋中市科技特派员选派协议"


def test_it_is_given_up_with_a_reason(city: City, client_of: Browser):
    agreement = make_agreement(city)
    bureau = client_of(user(city, "city"))
    asked = bureau.get(page("void", agreement))
    assert bureau.post(page("void", agreement), filled(asked, opinion="人选调整")).status_code == 302
    assert again(agreement).state == AgreementState.VOID
    assert bureau.get(page("void", agreement)).status_code == 403


def test_what_is_void_is_drawn_up_anew_and_each_leads_to_the_other(city: City, client_of: Browser):
    first = void_as(city, make_agreement(city))
    bureau = client_of(user(city, "city"))
    assert page("draw_up_anew", first) in bureau.get(page("agreement", first)).content.decode()
    assert "作废理由：人选调整" in bureau.get(page("draw_up_anew", first)).content.decode()
    answer = bureau.post(page("draw_up_anew", first))
    second = Agreement.objects.get(replaces=first)
    assert answer.url == page("agreement", second)
    assert "作废理由：人选调整" in bureau.get(answer.url).content.decode()
    assert page("agreement", second) in bureau.get(page("agreement", first)).content.decode()
    assert bureau.post(page("draw_up_anew", first)).status_code == 403


def test_who_draws_it_up_looks_for_a_party_and_names_it(city: City, client_of: Browser):
    agreement = make_agreement(city, without="host")
    bureau, number = client_of(user(city, "city")), agreement.signatories.get(party="host").number
    where = page("name_party", agreement, number)
    assert where in bureau.get(page("agreement", agreement)).content.decode()
    found = bureau.get(where, {"q": "太谷测试"})
    assert [each.name for each in found.context["organizations"]] == ["太谷测试合作社"]
    assert bureau.get(where, {"q": "无此单位"}).context["organizations"] == []
    assert bureau.post(where, {"token": token_in(found)}).status_code == 422
    named = bureau.post(where, {"token": token_in(found), "organization": city.host.pk})
    assert named.url == page("agreement", agreement)
    assert again(agreement).content["parties"][2]["name"] == "太谷测试合作社"
    assert bureau.get(where).status_code == 403
    assert bureau.get(page("name_party", agreement, 9)).status_code == 404


def test_the_text_is_printed_to_be_signed_and_the_signed_copy_is_the_parties_own(city: City, client_of: Browser):
    agreement = make_agreement(city)
    assert client_of(user(city, "unit")).get(page("copy", agreement)).content.startswith(b"%PDF")
    for party in PARTIES:
        sign_as(city, agreement, party)
    run_effects(signing_at(city))
    document = again(agreement).document
    for name in PARTIES:
        copy = client_of(user(city, name)).get(page("copy", agreement))
        assert copy.content.startswith(b"%PDF")
    own = reverse("notices:document", args=[document.code])
    assert {name: client_of(user(city, name)).get(own).status_code for name in ("person", "issuer", "stranger")} == {
        "person": 200, "issuer": 404, "stranger": 404,
    }  # fmt: skip
    shown = Client().get(reverse("notices:verified", args=[document.code])).content.decode()
    assert "晋中科特协〔2026〕1号" in shown
    assert agreement.digest() in shown
    assert "每月到园两次" not in shown


def test_the_list_is_narrowed_and_exported(city: City, client_of: Browser):
    agreement = make_agreement(city)
    sign_as(city, agreement, "host")
    bureau = client_of(user(city, "city"))
    for asked, number in (({"state": "signing", "text": "石测"}, 1), ({"state": "signed"}, 0), ({"text": "无此人"}, 0)):
        assert len(bureau.get(LIST, asked).context["table"].rows) == number
    sheet = load_workbook(io.BytesIO(b"".join(bureau.get(LIST, {"export": "xlsx"}).streaming_content))).active
    assert list(sheet.iter_rows(values_only=True, min_row=2)) == [
        (
            "选派", "晋中市科技特派员选派协议", "石测试", "太谷区", "签署中", "1/5",
            "市科学技术局、科技特派员、派出单位、县级科技管理部门", None, datetime.fromisoformat("2026-06-10 10:00"),
        )
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    city: City, client_of: Browser, number: int, django_assert_num_queries: DjangoAssertNumQueries
):
    agreement = make_agreement(city)
    for _ in range(number - 1):
        twin(agreement)
    bureau = client_of(user(city, "city"))
    with django_assert_num_queries(15):
        assert len(bureau.get(LIST).context["table"].rows) == number


def twin(agreement: Agreement) -> None:
    """Plant another agreement like one."""
    signatories = list(agreement.signatories.all())
    row = again(agreement)
    row.pk, row.about = None, f"{row.about}0{Agreement.objects.count()}"
    Agreement.objects.bulk_create([row])
    for each in signatories:
        each.pk, each.agreement = None, row
    type(signatories[0]).objects.bulk_create(signatories)
