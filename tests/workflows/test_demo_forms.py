"""What a generated applicant types fits who he is, whatever the pack asks."""

import random

import pytest

from apps.directory.models import Organization, Person, Region
from apps.directory.states import UnitKind, UnitLevel
from apps.policies import loading
from workflows.demo import forms

COUNTY = Region(code="150121", name="土默特左旗", level="county", path="/15/1501/150121/")
WITHOUT_UNIT = {"local_talent", "prosperity_leader", "graduate", "veteran", "returnee"}


def categories(unit: Organization | None) -> set[str]:
    """Return the categories that two hundred generated people of a unit choose."""
    files = loading.read("inner-mongolia")
    pack = loading.parse(files.pack_text, str(files.path))
    person = Person(name="示例", sex="女", unit=unit, specialty="肉羊")
    chance = random.Random(7)
    return {forms.fill(person, "150121", None, pack, chance)["application.category"] for _ in range(200)}


def test_who_has_no_unit_chooses_a_category_for_people_without_one() -> None:
    assert categories(None) == WITHOUT_UNIT


@pytest.mark.parametrize(
    ("level", "others"),
    [
        (UnitLevel.REGION, {"technician", "legal_person", "expert"}),
        (UnitLevel.COUNTY, {"technician", "legal_person", "local_technician"}),
        (UnitLevel.CITY, {"technician", "legal_person"}),
    ],
)
def test_staff_choose_what_the_level_of_their_unit_allows(level: UnitLevel, others: set[str]) -> None:
    unit = Organization(pk=1, name="示例", kind=UnitKind.INSTITUTE, level=level, region=COUNTY)
    assert categories(unit) == WITHOUT_UNIT | others
