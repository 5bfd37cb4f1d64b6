"""What every test may count on: a season that runs, and a log that a flush may empty."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from hypothesis import settings as settings_of_hypothesis

from apps.applications.models import Application
from apps.core import triggers
from apps.directory.models import User
from tests import factories
from tests.factories import Scene

settings_of_hypothesis.register_profile("ketepai", deadline=None)
settings_of_hypothesis.load_profile("ketepai")

POSTGRES_COMMAND = "python -m tests.postgres -- pytest -m postgres"

_flush = TransactionTestCase._fixture_teardown


def _flush_with_the_log(case: TransactionTestCase) -> None:
    """Empty the tables after a test that commits; the flush puts the log's triggers back by `post_migrate`."""
    triggers.remove()
    _flush(case)


TransactionTestCase._fixture_teardown = _flush_with_the_log


TAKE_LONGEST = (
    "test_matrix", "test_demo", "test_joint_walk", "test_bad_input", "test_joint_acts", "test_demo_forms", "test_flows",
    "test_keyboard", "test_main_job", "test_axe", "test_filing", "test_two_way", "test_faults", "test_worker",
)  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest; leave out on PostgreSQL what asks no database: it has run on SQLite."""
    if connection.vendor == "postgresql":
        left_out = [item for item in items if not _runs_on_postgresql(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = filter(_runs_on_postgresql, items)
    rank = {name: number for number, name in enumerate(TAKE_LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


def _runs_on_postgresql(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or any(map(item.get_closest_marker, ("django_db", "postgres", "long")))


@pytest.fixture(scope="session", autouse=True)
def _throw_away_files() -> Iterator[None]:
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture(autouse=True)
def _seals_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Give each test a folder of seals, as each has a database."""
    settings.SEALS_DIR = tmp_path / "seals"


@pytest.fixture(autouse=True)
def _postgres_or_fail(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.fail(f"this test needs PostgreSQL; run: {POSTGRES_COMMAND}", pytrace=False)


@pytest.fixture
def scene(db: None) -> Scene:
    """Return a small world in which a season is open (see tests/factories/scene.py)."""
    return factories.build_scene()


@pytest.fixture
def at_the_scene(scene: Scene) -> Iterator[time_machine.Traveller]:
    """Let the clock stand at the scene's moment, for screens that read it."""
    with time_machine.travel(scene.at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Return a function that makes a browser logged in as a user."""
    return lambda user: factories.login(Client(), user)


@pytest.fixture
def draft(scene: Scene) -> Application:
    """Return a complete draft of the scene's applicant."""
    return factories.make_draft(scene, scene.applicant)


@pytest.fixture
def applicant(scene: Scene, client_of: Callable[[User], Client]) -> Client:
    """Return the browser of the scene's applicant."""
    return client_of(scene.applicant)


@pytest.fixture
def region(scene: Scene, client_of: Callable[[User], Client]) -> Client:
    """Return the browser of the region's officer."""
    return client_of(scene.officers.region)


@pytest.fixture
def transactional_scene(transactional_db: None) -> Scene:
    """Return the same world where acts commit, so that their effects run."""
    return factories.build_scene()
