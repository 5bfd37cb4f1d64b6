"""Bayannur in a real browser: unit, county and filing at the institute, with a return, an urging and the notice."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.applications.models import Application
from apps.directory.models import User
from tests.browser.acts import agree, attach, give_back, hand_in, log_in, next_page, open_paper, promise
from tests.browser.conftest import MovedClock
from tests.browser.test_batch import clean
from tests.factories import fresh, make_applicant
from tests.factories.steppe import Steppe, build_bayannur
from workflows import steps

pytestmark = pytest.mark.browser
PLAN = "每月到嘎查两次，指导舍饲和防疫。"
NOTICE = "关于公布2026年度科技助力乡村振兴精准服务专家名单的通知"


@pytest.fixture
def bayannur(transactional_db: None) -> Steppe:
    """Return the world of Bayannur, where acts commit."""
    return build_bayannur()


@pytest.fixture
def moved(bayannur: Steppe, stand_at: Callable[[datetime], MovedClock]) -> MovedClock:
    """Let the product's clock stand at the world's moment."""
    return stand_at(bayannur.at)


@pytest.fixture
def applicant(bayannur: Steppe) -> User:
    """Return a herdsmen's adviser who has not applied yet."""
    return make_applicant(bayannur.unit, name="云测试")


def fill_in(page: Page, bayannur: Steppe, proof: Path) -> None:
    page.goto("/apply/")
    page.get_by_role("button", name="开始填写").click()
    page.get_by_label("精准服务专家").check()
    next_page(page, "专业与职称")
    next_page(page, "服务旗县区与产业")
    page.get_by_label("服务旗县区").select_option(label=str(bayannur.county))
    page.locator("input[type=checkbox]").first.check()
    page.get_by_label("可提供的服务").fill(PLAN)
    next_page(page, "经历与承诺")
    page.get_by_label("科技服务经历").fill("带动周边牧户舍饲养羊八年。")
    attach(page, proof)
    promise(page, "我具有良好的思想品德", "以上所填内容和附件真实、完整")
    next_page(page, "核对并提交")


def urge(page: Page, application: Application, note: str) -> None:
    """Urge the desk that has a paper to deal with it."""
    page.goto(f"/records/application/{application.pk}/")
    page.get_by_label("留言").fill(note)
    page.get_by_role("button", name="催办").click()
    expect(page.locator(".messages")).to_contain_text("已催办")


def test_from_form_to_filing_and_notice(
    bayannur: Steppe, moved: MovedClock, applicant: User, page_of: Callable[..., Page], diploma: Path
) -> None:
    mine = page_of()
    unit, county, institute = (page_of(bayannur.officers[name]) for name in ("unit", "county", "institute"))
    log_in(mine, applicant)
    fill_in(mine, bayannur, diploma)
    hand_in(mine)
    application = Application.objects.get(person=applicant.person)

    moved.pass_days(3)
    urge(mine, application, "请尽快办理。")
    expect(mine.locator("main")).to_contain_text("起可再次催办，还可催办1次。")
    unit.goto("/messages/")
    expect(unit.locator("main")).to_contain_text("请尽快办理。")
    agree(unit, application)

    give_back(county, application, "请写明服务方式。", "可提供的服务")
    mine.goto(f"/writing/application/{application.pk}/3/")
    expect(mine.locator(".field-named")).to_contain_text(PLAN)
    mine.get_by_label("可提供的服务").fill(f"{PLAN}以现场培训为主。")
    next_page(mine, "经历与承诺")
    mine.goto(f"/writing/application/{application.pk}/check/")
    hand_in(mine)
    open_paper(county, application)
    expect(county.get_by_role("region", name="本次修改")).to_contain_text("以现场培训为主。")
    agree(county, application)
    assert fresh(application).state == "awaiting_filing"

    open_paper(institute, application)
    expect(institute.get_by_text("不同意")).to_have_count(0)
    assert clean(institute)
    agree(institute, application, "备案")
    assert fresh(application).state == "passed"

    steps.season_tick(moved.at)
    office = page_of(bayannur.officers["issuer"])
    office.goto(f"/seasons/{bayannur.season.pk}/notices/")
    office.get_by_role("link", name=NOTICE).click()
    office.get_by_role("link", name="签发").click()
    office.get_by_role("button", name="签发").click()
    expect(office.locator("main")).to_contain_text("已印发")
    expect(office.locator("main")).to_contain_text("巴科便函（2026）1号")
    mine.goto(f"/records/application/{application.pk}/")
    expect(mine.locator("main")).to_contain_text("各环节已全部办结")
