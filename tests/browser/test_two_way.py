"""Jinzhong in a real browser: a need, a pairing, the application it stands for, an agreement signed by all five."""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from apps.applications.models import Application
from apps.appointments.models import Agreement
from apps.matching.models import Need, Pairing
from apps.notices import services as notices
from apps.notices.models import Notice
from tests.browser.acts import agree, attach, hand_in, log_in, next_page, promise
from tests.browser.conftest import MovedClock
from tests.browser.test_batch import NARROW, clean
from tests.factories import City, build_city
from tests.factories.agreements import PARTIES, again
from workflows import steps

pytestmark = pytest.mark.browser
NEED = "苹果腐烂病防治"
TERMS = "每月到园两次，指导整形修剪和病虫害防治。"


@pytest.fixture
def city(transactional_db: None) -> City:
    """Return the world whose jurisdiction is a city, where acts commit."""
    return build_city()


@pytest.fixture
def moved(city: City, stand_at: Callable[[datetime], MovedClock]) -> MovedClock:
    """Let the product's clock stand at the world's moment."""
    return stand_at(city.at)


def go_by_keys(page: Page, group: str, entry: str) -> None:
    """Open a group of the menu, shut it, open it anew and follow an entry, by keys alone."""
    word, link = page.locator("summary", has_text=group), page.get_by_role("link", name=entry, exact=True)
    word.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    word.press("Enter")
    link.press("Enter")


def ask_for_help(page: Page) -> Need:
    """Write a need as a host and hand it in."""
    page.goto("/inbox/")
    go_by_keys(page, "需求与对接", "需求管理")
    page.get_by_role("link", name="提出需求").click()
    page.get_by_label("产业").select_option(label="苹果和梨")
    for label, words in {"需求名称": NEED, "需求内容": "果园五十亩，病较重。", "联系人": "郭联系"}.items():
        page.get_by_label(label).fill(words)
    page.get_by_label("联系电话").fill("13800000000")
    page.get_by_role("button", name="保存草稿").click()
    carry_out(page, "提交")
    return Need.objects.get()


def carry_out(page: Page, act: str) -> None:
    """Do an act that the page of a record offers."""
    page.get_by_role("link", name=act, exact=True).click()
    page.get_by_role("button", name=act, exact=True).click()
    expect(page.locator(".messages")).to_contain_text(f"已办理“{act}”")


def pair_up(mine: Page, host: Page) -> Pairing:
    """Propose to serve a published need; its host agrees."""
    mine.goto("/public/needs/")
    mine.get_by_role("link", name=NEED).click()
    mine.get_by_role("link", name="与提出单位对接").click()
    mine.get_by_label("服务内容").fill(TERMS)
    mine.get_by_role("button", name="提出对接").click()
    pairing = Pairing.objects.get()
    expect(mine.locator("main")).to_contain_text("待对方确认")
    assert clean(mine)
    host.goto("/inbox/")
    host.get_by_role("link", name=pairing.called()).click()
    carry_out(host, "同意")
    return pairing


def fill_in(page: Page, city: City, proof: Path) -> None:
    """Fill in the form on a phone."""
    page.goto("/apply/")
    page.get_by_role("button", name="开始填写").click()
    page.get_by_label("专业技术人员").check()
    next_page(page, "专业与业绩")
    page.get_by_label("科研成果、管理经验或实践经历").fill("选育苹果新品种一个。")
    next_page(page, "服务单位与任务")
    page.get_by_label("服务县（区、市）").select_option(label=str(city.county))
    page.get_by_label("选择单位：按名称查找").fill("太谷测试")
    page.get_by_label(str(city.host)).check()
    page.get_by_label("苹果和梨").check()
    page.get_by_label("服务任务").fill(TERMS)
    next_page(page, "证明材料和承诺")
    attach(page, proof)
    promise(page, "我坚定贯彻执行党的路线方针政策", "以上所填内容和附件真实、完整")
    next_page(page, "核对并提交")
    assert clean(page)


def sign(page: Page, agreement: Agreement, scan: Path | None = None, of: str = "") -> None:
    """Sign an agreement for one's own side, or put in what another signed on paper."""
    page.goto(f"/agreements/{agreement.pk}/")
    page.get_by_role("link", name=of or "签署", exact=not of).first.click()
    page.get_by_label(re.compile("已阅读|签章属实")).check()
    if scan:
        attach(page, scan)
    page.get_by_role("button", name="上传" if scan else "签署", exact=True).click()
    expect(page.get_by_role("heading", name="签署进度")).to_be_visible()


def test_from_a_need_to_the_agreement_of_five(
    city: City, moved: MovedClock, page_of: Callable[..., Page], diploma: Path
) -> None:
    mine, public = page_of(width=NARROW), page_of()
    host, unit, county, bureau = (page_of(city.officers[name]) for name in ("host", "unit", "county", "city"))
    need = ask_for_help(host)
    for officer in (county, bureau):
        officer.goto(f"/needs/{need.pk}/")
        carry_out(officer, "同意")

    log_in(mine, city.applicant)
    pairing = pair_up(mine, host)
    fill_in(mine, city, diploma)
    hand_in(mine)
    application = Application.objects.get()
    assert (application.step, application.desk) == (1, f"dispatching_unit@organization:{city.unit.pk}")
    mine.goto(f"/records/application/{application.pk}/")
    expect(mine.locator("main")).to_contain_text(pairing.number)
    for officer in (unit, county, bureau):
        agree(officer, application)

    steps.draft_notices(moved.at)
    notice = Notice.objects.select_related("season").get()
    notices.issue(notice=notice, by=city.by("issuer"), at=moved.at)
    agreement = Agreement.objects.get()
    assert [party["party"] for party in agreement.content["parties"]] == list(PARTIES)
    bureau.goto(f"/agreements/{agreement.pk}/")
    bureau.get_by_role("button", name="送签").click()
    expect(bureau.locator(".messages")).to_contain_text("送签")
    sign(mine, agreement)
    assert clean(mine)
    for officer in (host, county, bureau):
        sign(officer, agreement)
    sign(bureau, agreement, scan=diploma, of="派出单位：")

    mine.goto(f"/agreements/{agreement.pk}/")
    expect(mine.locator("main")).to_contain_text("已签5/5方")
    copy = mine.request.get(mine.get_by_role("link", name="下载签署本PDF").get_attribute("href")).body()
    document = again(agreement).document
    assert hashlib.sha256(copy).hexdigest() == document.pdf
    text = "".join(pypdfium2.PdfDocument(io.BytesIO(copy))[0].get_textpage().get_text_range().split())
    assert city.applicant.person.name in text
    public.goto(document.content["verify_url"].removeprefix(settings.PUBLIC_ADDRESS))
    expect(public.locator("main")).to_contain_text(document.pdf)
