"""Who sits before the screens."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.applications.models import Application
from apps.directory.models import User
from tests import factories
from tests.factories import Scene


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
