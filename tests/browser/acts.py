"""What people do in the browser, whatever the policy: log in, turn pages, hand in, agree, give back."""

from pathlib import Path

from playwright.sync_api import Page, expect

from apps.applications.models import Application
from apps.directory.models import User
from tests.factories import PASSWORD


def log_in(page: Page, user: User) -> None:
    """Log in with name and password."""
    page.goto("/login/")
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="我的事项")).to_be_visible()


def next_page(page: Page, title: str) -> None:
    """Go on once what was typed is saved, and wait until the next page stands there."""
    expect(page.locator("form.htmx-request")).to_have_count(0)
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def promise(page: Page, *groups: str) -> None:
    """Answer yes to what the groups ask."""
    for group in groups:
        page.get_by_role("group", name=group).get_by_label("是").check()


def hand_in(page: Page) -> None:
    """Hand in from the page on which all is checked."""
    page.get_by_label("以上内容已逐项核对").check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", name="回执")).to_be_visible()


def open_paper(page: Page, application: Application) -> None:
    """Open a paper from the inbox, and wait until its page stands there."""
    address = f"/records/application/{application.pk}/"
    page.goto("/inbox/")
    page.locator(f'a[href="{address}"]').first.click()
    page.wait_for_url(f"**{address}")


def agree(page: Page, application: Application, word: str = "同意") -> None:
    """Agree to a paper, or file it, as its button calls that."""
    open_paper(page, application)
    page.locator("#decision").get_by_role("textbox", name="意见").fill("情况属实，同意。")
    page.locator(".decision-main").get_by_role("button", name=word, exact=True).click()
    expect(page.locator(".messages")).to_contain_text(word)


def give_back(page: Page, application: Application, opinion: str, *fields: str, to: str = "") -> None:
    """Give a paper back with an opinion and the fields it concerns, to its starter or to an earlier step."""
    open_paper(page, application)
    page.locator("#decision").get_by_role("textbox", name="意见").fill(opinion)
    page.get_by_text("退回修改").first.click()
    if to:
        page.get_by_role("group", name="退回到").get_by_label(to).check()
    for field in fields:
        page.get_by_role("group", name="涉及的内容").get_by_label(field).check()
    page.get_by_role("button", name="退回修改").click()
    expect(page.locator(".messages")).to_contain_text("退回")


def speak(page: Page, application: Application, word: str, opinion: str, points: dict[str, str] | None = None) -> None:
    """Say one's word on a paper, with the points of a score sheet where there is one."""
    open_paper(page, application)
    sheet = page.locator("#verdict")
    for line, given in (points or {}).items():
        sheet.get_by_label(line).fill(given)
    sheet.get_by_label(word, exact=True).check()
    sheet.get_by_role("textbox", name="意见").fill(opinion)
    sheet.get_by_role("button", name="提交评分" if points else "提交表态").click()
    expect(page.locator(".messages")).to_contain_text("表态已记录")


def attach(page: Page, file: Path) -> None:
    """Hand in a file on the page of the form that asks for one."""
    page.locator("input[type=file]").first.set_input_files(file)
