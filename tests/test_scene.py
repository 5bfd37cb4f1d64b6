"""The world that the tests stand in is the real one in small."""

import csv

import pytest

from apps.core import audit
from apps.desks.states import DeskState
from apps.directory import divisions_file
from tests.factories import REACHED, Scene, fresh, make_application, places

WALKS = [(state, "county") for state in REACHED] + [(DeskState.AWAITING_REVIEW, "city")]


def test_its_divisions_are_rows_of_the_shipped_file():
    with (divisions_file.FOLDER / "45.csv").open(encoding="utf-8", newline="") as lines:
        shipped = {row["code"]: row for row in csv.DictReader(lines)}
    with places.DIVISIONS.open(encoding="utf-8", newline="") as lines:
        assert [row for row in csv.DictReader(lines) if shipped.get(row["code"]) != row] == []


@pytest.mark.parametrize(("state", "level"), WALKS)
def test_an_application_can_be_driven_to_every_state(scene: Scene, state: str, level: str):
    application = make_application(scene, state, level=level)
    assert fresh(application).state == state
    assert audit.verify().faults == ()
