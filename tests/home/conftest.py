"""The world in which every kind of joint act can be done."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from tests.factories import Scene
from tests.factories.every_act import Jury, build_every_act


@pytest.fixture
def world(db: None) -> Iterator[tuple[Scene, Jury]]:
    """Return a season with every act and those who sit in it, two days after it began."""
    scene, jury = build_every_act()
    with time_machine.travel(scene.at + timedelta(days=2), tick=False):
        yield scene, jury
