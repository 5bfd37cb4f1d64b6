"""The main job in a real browser: from a form to a notice and a certificate that its QR address verifies."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from apps.applications.models import Application
from apps.notices.models import Document
from apps.notices.states import DocumentKind
from tests.browser.acts import agree, give_back, hand_in, log_in, next_page, open_paper, promise
from tests.browser.conftest import MovedClock
from tests.factories import Scene
from workflows import steps

pytestmark = pytest.mark.browser
PLAN = "每月到村两次，指导柑橘黄龙病防控。"
FULLER_PLAN = "每月到村两次，指导柑橘黄龙病防控；每季度培训一次。"


def fill_in(page: Page, scene: Scene, diploma: Path) -> None:
    """Fill the pages one by one; what the person's file knows is there already."""
    page.goto("/apply/")
    page.get_by_role("button", name="开始填写").click()
    expect(page.get_by_label("姓名", exact=True)).to_have_value(scene.applicant.person.name)
    promise(page, "是否在职")
    next_page(page, "学历与专业")
    next_page(page, "服务意向")
    page.get_by_label("新派").check()
    page.get_by_label("服务县（市、区）").select_option(label=str(scene.county))
    page.get_by_label("柑橘").check()
    page.get_by_label("服务计划").fill(PLAN)
    next_page(page, "经历与业绩")
    page.get_by_label("科技服务经历").fill("从事柑橘栽培推广八年。")
    page.locator("input[type=file]").first.set_input_files(diploma)
    next_page(page, "承诺")
    promise(page, "我将加入服务县的“一县一团”", "以上所填内容和附件真实、完整")
    next_page(page, "核对并提交")


@pytest.fixture
def handed_in(page_of: Callable[..., Page], moved_clock: MovedClock, transactional_scene: Scene, diploma: Path):
    """Return the applicant's window after he has handed in, and his application."""
    page = page_of()
    log_in(page, transactional_scene.applicant)
    fill_in(page, transactional_scene, diploma)
    hand_in(page)
    return page, Application.objects.get(person=transactional_scene.applicant.person)


def test_from_form_to_certificate(
    handed_in, page_of: Callable[..., Page], moved_clock: MovedClock, transactional_scene: Scene
) -> None:
    scene, (mine, application) = transactional_scene, handed_in
    expect(mine.locator("main")).to_contain_text(application.number)

    unit = page_of(scene.officers.unit)
    give_back(unit, application, "请写明培训安排。", "服务计划")

    mine.goto(f"/records/application/{application.pk}/")
    expect(mine.locator("main")).to_contain_text("请写明培训安排。")
    mine.get_by_role("link", name="修改").first.click()
    expect(mine.locator("main")).to_contain_text("请写明培训安排。")
    mine.goto(f"/writing/application/{application.pk}/3/")
    expect(mine.locator(".field-named")).to_contain_text("服务计划")
    mine.get_by_label("服务计划").fill(FULLER_PLAN)
    next_page(mine, "经历与业绩")
    mine.goto(f"/writing/application/{application.pk}/check/")
    hand_in(mine)

    open_paper(unit, application)
    changes = unit.locator("main")
    expect(changes).to_contain_text(PLAN)
    expect(changes).to_contain_text(FULLER_PLAN)
    agree(unit, application)
    agree(page_of(scene.officers.county), application)
    agree(page_of(scene.officers.city), application)

    region = page_of(scene.officers.region)
    region.goto(f"/seasons/{scene.season.pk}/announce/")
    region.get_by_role("button", name="预览公示").click()
    expect(region.locator("main")).to_contain_text("2026年6月14日")
    region.get_by_role("button", name="发布", exact=True).click()
    public = page_of()
    public.goto("/public/lists/")
    public.get_by_role("link", name="拟聘任人员名单的公示").click()
    expect(public.locator("main")).to_contain_text(scene.applicant.person.name)

    steps.season_tick(moved_clock.pass_days(5))
    agree(region, application)
    steps.season_tick(moved_clock.at)
    region.goto(f"/seasons/{scene.season.pk}/notices/")
    region.get_by_role("link", name="关于聘任2026年度南宁市乡村科技特派员的通知").click()
    region.get_by_role("link", name="签发").click()
    expect(region.locator("main")).to_contain_text("桂科农字〔2026〕1号")
    region.get_by_role("button", name="签发").click()
    expect(region.locator("main")).to_contain_text("已印发")

    mine.goto("/me/documents/")
    printed = mine.request.get(mine.get_by_role("link", name="下载PDF").get_attribute("href")).body()
    certificate = Document.objects.get(kind=DocumentKind.CERTIFICATE)
    assert hashlib.sha256(printed).hexdigest() == certificate.pdf
    text = pypdfium2.PdfDocument(io.BytesIO(printed))[0].get_textpage().get_text_range()
    assert scene.applicant.person.name in "".join(text.split())

    address = certificate.content["verify_url"].removeprefix(settings.PUBLIC_ADDRESS)
    public.goto(address)
    expect(public.locator("main")).to_contain_text(certificate.number)
    expect(public.locator("main")).to_contain_text(certificate.pdf)


def test_a_refusal_shows_its_ground_and_clause(
    handed_in, page_of: Callable[..., Page], transactional_scene: Scene
) -> None:
    mine, application = handed_in
    agree(page_of(transactional_scene.officers.unit), application)
    county = page_of(transactional_scene.officers.county)
    open_paper(county, application)
    county.get_by_text("不同意").first.click()
    county.get_by_role("textbox", name="意见").fill("本县今年柑橘力量已足。")
    county.get_by_label("不符合服务县当前科技服务需求").check()
    county.get_by_role("button", name="不同意").click()
    county.get_by_role("button", name="确认不同意").click()
    expect(county.locator(".messages")).to_contain_text("不同意")
    mine.goto(f"/records/application/{application.pk}/")
    for words in ("未通过", "本县今年柑橘力量已足。", "请县级科技行政主管部门调研了解当地服务需求", "三（五）1"):
        expect(mine.locator("main")).to_contain_text(words)


def test_on_a_phone_without_javascript_a_form_is_filled_and_kept(
    chromium, live_server, moved_clock: MovedClock, transactional_scene: Scene
) -> None:
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN"
    )
    page = context.new_page()
    log_in(page, transactional_scene.applicant)
    page.goto("/apply/")
    page.get_by_role("button", name="开始填写").click()
    promise(page, "是否在职")
    next_page(page, "学历与专业")
    page.get_by_label("从事科技服务年限").fill("八年")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_label("从事科技服务年限")).to_have_value("八年")
    expect(page.locator("main")).to_contain_text("从事科技服务年限应填写整数")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
