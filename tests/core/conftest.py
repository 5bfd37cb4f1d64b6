"""What seals are tested on."""

from pathlib import Path
from typing import Any

import pytest

from apps.applications.models import Application
from apps.desks.states import DeskState
from tests.factories import Scene, make_application


@pytest.fixture
def victim(scene: Scene) -> Application:
    """Return the second of three applications at the last desk."""
    return [make_application(scene, DeskState.AWAITING_FINALISATION) for _ in range(3)][1]


@pytest.fixture
def folder(settings: Any) -> Path:
    return settings.SEALS_DIR
