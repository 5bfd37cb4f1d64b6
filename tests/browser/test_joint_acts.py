"""Jiaozuo in a real browser: host, stamped list, experts, meeting, member units, public list, notice to the public."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.applications.models import Application
from apps.desks import services as desks
from tests.browser.acts import agree, attach, give_back, hand_in, log_in, next_page, open_paper, promise, speak
from tests.browser.conftest import MovedClock
from tests.browser.test_batch import NARROW, clean
from tests.factories import actor, fresh, user_of
from tests.factories.every_act import ask
from tests.factories.every_act import speak as say
from tests.factories.jiaozuo import SCORES, Jiaozuo, build_jiaozuo
from workflows import steps

pytestmark = pytest.mark.browser
PLAN = "每月到社两次，指导怀山药脱毒种苗繁育。"
FULLER_PLAN = "每月到社两次，指导怀山药脱毒种苗繁育；每季度培训一次。"
SHEET = {"专业特长与科技需求对接情况": "36", "专业水平和工作能力": "25", "科技服务经验": "12", "服务计划": "11"}
CHROME_AT_200_PERCENT = 640


@pytest.fixture
def jiaozuo(transactional_db: None) -> Jiaozuo:
    """Return the world of Jiaozuo, where acts commit."""
    return build_jiaozuo()


@pytest.fixture
def moved(jiaozuo: Jiaozuo, stand_at: Callable[[datetime], MovedClock]) -> MovedClock:
    """Let the product's clock stand at the world's moment."""
    return stand_at(jiaozuo.at)


def fill_in(page: Page, jiaozuo: Jiaozuo, proof: Path) -> None:
    page.goto("/apply/")
    page.get_by_role("button", name="开始填写").click()
    promise(page, "是否在职")
    next_page(page, "专业与经验")
    page.get_by_label("科技服务经验").fill("从事怀药栽培推广八年。")
    next_page(page, "受援单位与需求")
    page.get_by_label("受援县（市、区）").select_option(label=str(jiaozuo.county))
    page.get_by_label("选择单位：按名称查找").fill("修武测试")
    page.get_by_label(str(jiaozuo.host)).check()
    page.get_by_label("良种培育").check()
    page.get_by_label("对接的科技需求和服务计划").fill(PLAN)
    next_page(page, "证明材料和承诺")
    attach(page, proof)
    promise(page, "服务期间不以科技特派员身份", "以上所填内容和附件真实、完整")
    next_page(page, "核对并提交")


def draw_up(page: Page, application: Application, title: str, button: str) -> None:
    """Put one paper on a docket of its own."""
    open_paper(page, application)
    page.get_by_label("名称").fill(title)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def close_docket(page: Page) -> None:
    page.get_by_role("button", name="定稿并办理").click()
    page.get_by_role("button", name="确认定稿并办理").click()
    expect(page.locator(".messages")).to_contain_text("已定稿")


def record_meeting(page: Page) -> None:
    page.get_by_label("日期").fill("2026-04-15")
    page.get_by_label("参加人员").fill("局长、副局长、农社科科长")
    page.get_by_label("纪要").fill("逐件研究，按所列决定办理。")


def choose(page: Page, *names: str) -> None:
    """Ask those named for their word on the paper shown."""
    for name in names:
        page.get_by_label(re.compile(name)).check()
    page.get_by_role("button", name=re.compile("送请")).click()
    expect(page.locator(".messages")).to_contain_text("已送请表态")


def test_from_form_to_the_score_sheets(
    jiaozuo: Jiaozuo, moved: MovedClock, page_of: Callable[..., Page], diploma: Path
) -> None:
    mine, host, unit, city = page_of(), *(page_of(jiaozuo.officers[name]) for name in ("host", "unit", "city"))
    log_in(mine, jiaozuo.applicant)
    fill_in(mine, jiaozuo, diploma)
    hand_in(mine)
    application = Application.objects.get(person=jiaozuo.applicant.person)
    agree(host, application)

    give_back(unit, application, "请写明培训安排。", "对接的科技需求和服务计划")
    mine.goto(f"/writing/application/{application.pk}/3/")
    expect(mine.locator(".field-named")).to_contain_text(PLAN)
    mine.get_by_label("对接的科技需求和服务计划").fill(FULLER_PLAN)
    next_page(mine, "证明材料和承诺")
    mine.goto(f"/writing/application/{application.pk}/check/")
    hand_in(mine)
    open_paper(unit, application)
    changes = unit.get_by_role("region", name="本次修改")
    expect(changes).to_contain_text(f"原：{PLAN}")
    expect(changes).to_contain_text(f"现：{FULLER_PLAN}")

    draw_up(unit, application, "2026年度报名统计表", "列入名单")
    unit.get_by_role("button", name="定稿并办理").click()
    expect(unit.locator(".refusals")).to_contain_text("没有上传盖章扫描件")
    unit.get_by_label("盖章扫描件").set_input_files(diploma)
    close_docket(unit)
    expect(unit.locator("main")).to_contain_text("已定稿")

    open_paper(city, application)
    expect(city.get_by_label(re.compile("专家丁"))).to_be_disabled()
    expect(city.get_by_text(f"须回避：同在{jiaozuo.unit}")).to_be_visible()
    choose(city, "专家甲", "专家乙", "专家丙")
    first, second = (page_of(expert) for expert in jiaozuo.experts[:2])
    speak(first, application, "同意", "对接准确，计划可行。", SHEET)
    open_paper(second, application)
    expect(second.locator("main")).to_contain_text("已有1位专家评分，共请3位专家。")
    expect(second.locator("main")).not_to_contain_text("对接准确，计划可行。")
    speak(second, application, "同意", "同意推荐。", SHEET)
    open_paper(city, application)
    city.locator(".decision-main").get_by_role("button", name="同意", exact=True).click()
    expect(city.locator(".refusals")).to_be_visible()
    say(application, jiaozuo.experts[2], points=SCORES, at=moved.at)
    open_paper(city, application)
    expect(city.locator("main")).to_contain_text("平均84.3分。已达到通过的要求。")
    agree(city, application)
    assert fresh(application).state == "awaiting_meeting"
    assert first.goto(f"/records/application/{application.pk}/").status == 404


def test_from_the_meeting_to_the_public_notice(
    jiaozuo: Jiaozuo, moved: MovedClock, page_of: Callable[..., Page]
) -> None:
    agreed, put_off, refused = (jiaozuo.scored(name) for name in ("选聘测试", "缓议测试", "落选测试"))
    city = page_of(jiaozuo.officers["city"])
    city.goto("/inbox/")
    city.get_by_label("选中本页").check()
    city.get_by_role("button", name="办理选中的事项").click()
    city.get_by_label("名称").fill("第三次局长办公会")
    city.get_by_role("button", name="列入议题").click()
    record_meeting(city)
    city.get_by_role("group", name="决定：选聘测试").get_by_label("同意", exact=True).check()
    turned_down = city.get_by_role("row", name=re.compile("落选测试"))
    turned_down.get_by_label("不同意", exact=True).check()
    turned_down.get_by_text("依据和说明").click()
    turned_down.get_by_label("依据").select_option(label="不符合县（市、区）科技需求")
    turned_down.get_by_label("说明").fill("本县今年怀药力量已足。")
    close_docket(city)
    assert [fresh(each).state for each in (agreed, put_off, refused)] == [
        "awaiting_opinions",
        "awaiting_meeting",
        "rejected",
    ]

    open_paper(city, agreed)
    choose(city, *(str(member.posts.get().organization) for member in jiaozuo.members))
    for member in jiaozuo.members[:2]:
        speak(page_of(member), agreed, "同意", "无不同意见。")
    open_paper(city, agreed)
    expect(city.locator("main")).to_contain_text("已有2方表态，共请4方。")
    moved.pass_days(6)
    agree(city, agreed)

    office, public = page_of(jiaozuo.officers["office"]), page_of()
    office.goto(f"/seasons/{jiaozuo.season.pk}/announce/")
    office.get_by_role("button", name="预览公示").click()
    office.get_by_role("button", name="发布", exact=True).click()
    public.goto("/public/lists/")
    public.get_by_role("link", name="拟选聘人员名单的公示").click()
    expect(public.locator("main")).to_contain_text("选聘测试")
    expect(public.locator("main")).not_to_contain_text("缓议测试")
    steps.season_tick(moved.pass_days(5))
    desks.withdraw(record=fresh(put_off), by=actor(user_of(put_off)), at=moved.at)
    agree(city, agreed)
    steps.season_tick(moved.at)
    office.goto(f"/seasons/{jiaozuo.season.pk}/notices/")
    office.get_by_role("link", name="关于公布2026年度焦作市科技特派员名单的通知").click()
    office.get_by_role("link", name="签发").click()
    office.get_by_role("button", name="签发").click()
    expect(office.locator("main")).to_contain_text("已印发")
    public.goto("/public/notices/?tab=issued")
    expect(public.locator("main")).to_contain_text("焦科〔2026〕1号")
    name = "关于公布2026年度焦作市科技特派员名单的通知"
    printed = public.request.get(public.get_by_role("link", name=name).get_attribute("href"))
    assert (printed.status, printed.headers["content-type"]) == (200, "application/pdf")


def test_a_refusal_of_one_member_takes_the_paper_back_to_the_meeting(
    jiaozuo: Jiaozuo, moved: MovedClock, page_of: Callable[..., Page]
) -> None:
    application = jiaozuo.met()
    ask(application, jiaozuo.by("city"), jiaozuo.members, moved.at)
    speak(page_of(jiaozuo.members[0]), application, "不同意", "该单位已派出三人。")
    city = page_of(jiaozuo.officers["city"])
    open_paper(city, application)
    expect(city.locator("main")).to_contain_text("该单位已派出三人。")
    expect(city.locator("main")).to_contain_text("已不能通过。")
    give_back(city, application, "成员单位有不同意见，重新研究。", to="局长办公会研究")
    assert (fresh(application).state, fresh(application).step) == ("awaiting_meeting", 3)
    open_paper(city, application)
    expect(city.get_by_role("button", name="列入议题")).to_be_visible()
    assert page_of(jiaozuo.members[1]).goto(f"/records/application/{application.pk}/").status == 404


@pytest.mark.parametrize("width", [pytest.param(NARROW, marks=pytest.mark.long), CHROME_AT_200_PERCENT])
def test_pages_of_joint_acts_fit_and_are_sound(
    jiaozuo: Jiaozuo, moved: MovedClock, page_of: Callable[..., Page], width: int
) -> None:
    listed, scored = jiaozuo.listed(), jiaozuo.scored()
    city, expert = page_of(jiaozuo.officers["city"], width), page_of(jiaozuo.experts[0], width)
    open_paper(city, listed)
    assert clean(city)
    ask(listed, jiaozuo.by("city"), jiaozuo.experts, moved.at)
    open_paper(expert, listed)
    assert clean(expert)
    draw_up(city, scored, "第三次局长办公会", "列入议题")
    assert clean(city)
    city.goto("/dockets/")
    assert clean(city)


def test_keys_reach_the_sheet_and_the_decision(
    jiaozuo: Jiaozuo, moved: MovedClock, page_of: Callable[..., Page]
) -> None:
    application = jiaozuo.listed()
    ask(application, actor(jiaozuo.officers["city"]), jiaozuo.experts, moved.at)
    city, expert = page_of(jiaozuo.officers["city"]), page_of(jiaozuo.experts[0])
    expert.goto("/inbox/")
    expert.keyboard.press("j")
    expert.keyboard.press("o")
    expect(expert.get_by_role("heading", name="评分表")).to_be_visible()
    expert.keyboard.press("a")
    expect(expert.locator("#verdict").get_by_label("同意", exact=True)).to_be_focused()
    open_paper(city, application)
    city.keyboard.press("a")
    expect(city.locator(".decision-main button")).to_be_focused()
    city.keyboard.press("r")
    expect(city.locator("#decision").get_by_role("textbox", name="意见")).to_be_focused()
    city.keyboard.press("Escape")
    city.locator("h1").click()
    city.keyboard.press("?")
    expect(city.get_by_role("dialog")).to_be_visible()
