"""Builders of test data: each makes a record in a given state, through the services that people use."""

from tests.factories.applications import FILLED, GROUND, REACHED, filled, fresh, make_application, make_draft, user_of
from tests.factories.city import City, build_city
from tests.factories.files import DOCX, JPG, PDF, PNG, SAMPLES, XLSX
from tests.factories.notices import AFTER_NOTICE, make_draft_notice, make_issued_notice, make_passed, run_effects
from tests.factories.people import (
    PASSWORD,
    actor,
    give_post,
    id_number,
    login,
    make_applicant,
    make_officer,
    make_person,
    make_unit,
    make_user,
)
from tests.factories.places import BINYANG, LIUCHENG, LIUZHOU, LONGAN, NANNING, REGION, plant_regions
from tests.factories.scene import AT, Officers, Scene, build_scene
from tests.factories.seasons import count_working_days, limit_urging, make_season, set_application_window

__all__ = [
    "AFTER_NOTICE",
    "AT",
    "BINYANG",
    "DOCX",
    "FILLED",
    "GROUND",
    "JPG",
    "LIUCHENG",
    "LIUZHOU",
    "LONGAN",
    "NANNING",
    "PASSWORD",
    "PDF",
    "PNG",
    "REACHED",
    "REGION",
    "SAMPLES",
    "XLSX",
    "City",
    "Officers",
    "Scene",
    "actor",
    "build_city",
    "build_scene",
    "count_working_days",
    "filled",
    "fresh",
    "give_post",
    "id_number",
    "limit_urging",
    "login",
    "make_applicant",
    "make_application",
    "make_draft",
    "make_draft_notice",
    "make_issued_notice",
    "make_officer",
    "make_passed",
    "make_person",
    "make_season",
    "make_unit",
    "make_user",
    "plant_regions",
    "run_effects",
    "set_application_window",
    "user_of",
]
