"""A pack of another region, outside the product, with other desks and words, runs without a line of code."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from apps.applications import services as applications
from apps.applications.models import Application
from apps.appointments import services as appointments
from apps.core import audit
from apps.desks import services as desks
from apps.desks.states import DeskState
from apps.directory import services as directory
from apps.directory.models import Region
from apps.directory.states import Role
from apps.policies import checking, loading, showing
from apps.seasons import services as seasons
from tests.factories import actor, make_applicant, make_officer, make_unit
from tests.policies.packs import two_desks

AT = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DIVISIONS = """\
code,name,level,parent
15,内蒙古自治区,province,
1525,锡林郭勒盟,city,15
152522,阿巴嘎旗,county,1525
"""


@pytest.fixture
def league(db: None, tmp_path: Path) -> Region:
    path = tmp_path / "divisions.csv"
    path.write_text(DIVISIONS, encoding="utf-8")
    directory.load_divisions(path)
    return Region.objects.get(pk="1525")


def test_it_passes_the_check_by_its_path(tmp_path: Path):
    report = checking.check(two_desks(tmp_path))
    assert report.faults == ()
    assert report.notes == (
        "待定：文本未定；选定 按本包文本（从简）",
        "没有规则引用：第六条 各旗可以根据当地实际另行制定实施细则，报盟特派员办公…",
    )


def test_it_reads_in_its_own_words(tmp_path: Path):
    files = loading.read(two_desks(tmp_path))
    shown = showing.show(loading.parse(files.pack_text, str(files.path))).splitlines()
    assert "层级：自治区—盟—旗—苏木—嘎查" in shown
    assert "  旗科技局审核 → 盟特派员办公室聘任" in shown


def test_a_season_runs_on_it_from_the_form_to_the_term(league: Region, tmp_path: Path):
    banner = Region.objects.get(pk="152522")
    office = actor(make_officer(Role.COORDINATION_OFFICE, league))
    officer = actor(make_officer(Role.SCI_TECH_AUTHORITY, banner))
    applicant = make_applicant(make_unit(banner), education="大学")
    me = actor(applicant)

    files = loading.read(two_desks(tmp_path))
    season = seasons.prepare(files=files, jurisdiction=league, year=2026, title="某盟", by=office, at=AT)
    season = seasons.start(season=season, by=office, at=AT)
    draft = applications.start(season=season, person=applicant.person, by=me, at=AT)
    draft = applications.save(application=draft, typed={"application.county": banner.pk}, by=me, at=AT)
    handed_in = applications.submit(application=Application.objects.get(pk=draft.pk), by=me, at=AT)
    assert handed_in.state == DeskState.AWAITING_REVIEW

    reviewed = desks.pass_up(record=handed_in, by=officer, at=AT)
    assert reviewed.state == DeskState.AWAITING_FINALISATION
    passed = desks.pass_up(record=reviewed, by=office, at=AT)
    assert passed.state == DeskState.PASSED
    assert [step["label"] for step in passed.route] == ["旗科技局", "盟特派员办公室"]

    appointments.name(applications=[passed.pk], at=AT)
    appointment = Application.objects.get(pk=passed.pk).appointment
    assert (appointment.term_from, appointment.term_to) == (date(2026, 1, 1), date(2030, 12, 31))
    assert audit.verify().faults == ()
