"""Applications whose desks depend on who applies: without a unit, in a town without a city, filed at an institute."""

import io

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.applications import exports, registration
from apps.applications.models import Application
from apps.appointments import services as appointments
from apps.appointments.models import Appointment
from apps.core.exports import answer
from apps.core.refusals import Refused
from apps.desks.states import DeskState
from apps.directory.models import Region, User
from apps.writing.documents import receipt
from tests.factories import login, make_unit, run_effects
from tests.factories.steppe import MANZHOULI, Steppe, build_bayannur, build_region


@pytest.fixture
def steppe(db: None) -> Steppe:
    return build_region()


def passed_without_unit(steppe: Steppe) -> Application:
    passed = steppe.agree(steppe.submit(steppe.applied("veteran", None)), "county")
    run_effects(steppe.at)
    return passed


class TestWithoutUnit:
    def test_the_county_decides_alone(self, steppe: Steppe):
        handed_in = steppe.submit(steppe.applied("veteran", None))
        assert [step["office"] for step in handed_in.route] == ["county"]
        assert steppe.agree(handed_in, "county").state == DeskState.PASSED

    def test_he_is_listed_with_a_dash_for_his_unit(self, steppe: Steppe):
        passed_without_unit(steppe)
        (notice,) = appointments.draft_notices(season=steppe.season, at=steppe.at)
        assert notice.title == "关于公布2026年度呼和浩特市科技特派员名单的通知"
        assert notice.content["roster"]["rows"] == [["1", "云测试", "—", "土默特左旗"]]
        assert Appointment.objects.get().unit is None

    def test_the_public_reads_a_dash_and_the_receipt_leaves_the_unit_out(self, steppe: Steppe):
        passed = Application.objects.get(pk=passed_without_unit(steppe).pk)
        assert registration.public_line(passed)["派出单位"] == "—"
        assert "派出单位" not in dict(receipt(passed, None, "")["rows"])

    def test_the_workbook_leaves_the_cell_of_his_unit_empty(self, steppe: Steppe):
        passed_without_unit(steppe)
        rows = Application.objects.select_related("season", "person", "unit", "county__supervisor")
        book = load_workbook(io.BytesIO(b"".join(answer("申请", exports.COLUMNS, rows).streaming_content)))
        heads, line = book.active.iter_rows(values_only=True)
        assert dict(zip(heads, line, strict=True))["派出单位"] is None

    def test_his_pages_never_say_none(self, steppe: Steppe, client: Client):
        handed_in = steppe.submit(steppe.applied("veteran", None))
        login(client, User.objects.get(person=handed_in.person_id))
        for address in (
            reverse("writing:receipt", args=["application", handed_in.pk]),
            reverse("home:record", args=["application", handed_in.pk]),
        ):
            page = client.get(address)
            assert page.status_code == 200
            assert "None" not in page.content.decode()

    def test_the_form_lets_him_name_no_unit(self, steppe: Steppe, client: Client):
        draft = steppe.applied("veteran", steppe.unit)
        login(client, User.objects.get(person=draft.person_id))
        address = reverse("writing:form", args=["application", draft.pk, 1])
        with time_machine.travel(steppe.at, tick=False):
            assert "没有单位" in client.get(address).content.decode()
            client.post(address, {"person.unit": ""})
        assert Application.objects.get(pk=draft.pk).unit is None

    def test_staff_of_a_unit_must_name_it(self, steppe: Steppe):
        with pytest.raises(Refused, match="单位的科技人员和法人科技特派员须填写派出单位"):
            steppe.submit(steppe.applied("technician", None))


class TestByLevel:
    def test_the_city_decides_on_staff_of_units(self, steppe: Steppe):
        handed_in = steppe.submit(steppe.applied("technician", steppe.unit))
        assert steppe.agree(handed_in, "unit", "county", "city").state == DeskState.PASSED

    def test_the_region_decides_on_its_experts(self, steppe: Steppe):
        handed_in = steppe.submit(steppe.applied("expert", steppe.unit))
        assert steppe.agree(handed_in, "unit", "county", "region").state == DeskState.PASSED

    def test_an_expert_comes_from_a_unit_of_the_region(self, steppe: Steppe):
        local = make_unit(steppe.county, level="county")
        with pytest.raises(Refused, match="此类别限中央驻自治区和自治区级"):
            steppe.submit(steppe.applied("expert", local))

    def test_a_town_that_reports_to_the_region_has_the_region_for_its_city(self, steppe: Steppe):
        town = Region.objects.get(pk=MANZHOULI)
        handed_in = steppe.submit(steppe.applied("technician", steppe.unit, town))
        steppe.agree(handed_in, "unit", "town", "region")
        run_effects(steppe.at)
        (notice,) = appointments.draft_notices(season=steppe.season, at=steppe.at)
        assert notice.title == "关于公布2026年度满洲里市科技特派员名单的通知"


def test_what_the_county_recognises_is_filed_at_the_institute(db: None):
    steppe = build_bayannur()
    recognised = steppe.agree(steppe.submit(steppe.applied("service_expert", steppe.unit)), "unit", "county")
    assert recognised.state == DeskState.AWAITING_FILING
    filed = steppe.agree(recognised, "institute")
    assert filed.state == DeskState.PASSED
    run_effects(steppe.at)
    appointment = Appointment.objects.get()
    assert (appointment.term_from.isoformat(), appointment.term_to.isoformat()) == ("2026-07-01", "2031-06-30")
    (notice,) = appointments.draft_notices(season=steppe.season, at=steppe.at)
    assert notice.content["roster"]["columns"] == ["序号", "姓名", "所在单位", "服务旗县区"]
