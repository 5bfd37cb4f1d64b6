"""A real Chromium on the live site, with a clock that the test moves."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from apps.core import clock
from apps.directory.models import User
from tests.factories import JPG, Scene, login

BROWSER = "chromium-headless-shell"
"""Chromium without its windows: pages as in Chromium, in half the processor time."""
INSTALL = f"Chromium is missing; install it with: apt-get install -y {BROWSER}"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDTH, HEIGHT = 1280, 900
PATIENCE_MILLISECONDS = 30_000


@dataclass
class MovedClock:
    """The product's clock, standing where the test puts it."""

    at: datetime

    def pass_days(self, days: int) -> datetime:
        self.at += timedelta(days=days)
        return self.at


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], MovedClock]:
    """Return a function that lets the product's clock stand at a moment."""

    def put(at: datetime) -> MovedClock:
        moved = MovedClock(at)
        monkeypatch.setattr(clock, "now", lambda: moved.at)
        return moved

    return put


@pytest.fixture
def moved_clock(transactional_scene: Scene, stand_at: Callable[[datetime], MovedClock]) -> MovedClock:
    """Let the product's clock stand at the scene's moment."""
    return stand_at(transactional_scene.at)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium; playwright's loop forbids the ORM unless told that it is safe here.

    The loop ends with the module: other tests may not run inside one.
    """
    path = shutil.which(BROWSER)
    if path is None:
        pytest.fail(INSTALL, pytrace=False)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page_of(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a window for a user (or for the public), as wide as asked."""
    contexts = []

    def open_window(user: User | None = None, width: int = WIDTH) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHT},
            locale="zh-CN",
            timezone_id=settings.TIME_ZONE,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        if user is not None:
            session = login(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def diploma(tmp_path: Path) -> Path:
    """Return a picture to hand in."""
    path = tmp_path / "学历证书.jpg"
    path.write_bytes(JPG)
    return path
