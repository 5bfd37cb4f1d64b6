"""A pack of another region, outside the product, with other desks and words, runs without a line of code."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from apps.applications import services as applications
from apps.applications.models import Application
from apps.appointments import services as appointments
from apps.core import audit
from apps.core.refusals import Refused
from apps.desks import services as desks
from apps.desks.states import DeskState, Word
from apps.directory import services as directory
from apps.directory.models import Region
from apps.directory.states import Role
from apps.policies import checking, loading, showing
from apps.seasons import services as seasons
from apps.writing import services as writing
from tests.factories import actor, make_applicant, make_officer, make_unit
from tests.factories.applications import fresh
from tests.factories.every_act import ask, speak
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
        "待定：文本和考核机关未定；选定 按本包文本，旗科技局考核（从简）",
        "待定：甲等的两成以多少人为基数未定；选定 每旗（由旗考核）",
        "没有规则引用：第九条 各旗可以根据当地实际另行制定实施细则，报盟特派员办公…",
        "共1段没有规则引用",
    )


def test_it_reads_in_its_own_words(tmp_path: Path):
    files = loading.read(two_desks(tmp_path))
    shown = showing.show(loading.parse(files.pack_text, str(files.path))).splitlines()
    assert "层级：自治区—盟—旗—苏木—嘎查" in shown
    for line in (
        "  旗科技局审核 → 盟特派员办公室征求意见（不少于3位成员单位不少于2方同意，10个工作日不表态视为弃权） → "
        "盟特派员办公室聘任",
        "  退回修改后20个工作日内未再提交的终止",
        "  甲等，90分以上，不超过20%（以每旗为基数，舍去小数）",
        "  乙等，60分以上",
        "  丙等",
    ):
        assert line in shown


def test_a_season_runs_on_it_from_the_form_to_the_term(league: Region, tmp_path: Path):
    banner = Region.objects.get(pk="152522")
    office = actor(make_officer(Role.COORDINATION_OFFICE, league))
    officer = actor(make_officer(Role.SCI_TECH_AUTHORITY, banner))
    members = [make_officer(Role.MEMBER_UNIT, make_unit(league, name=f"成员单位{n}")) for n in range(3)]
    applicant = make_applicant(make_unit(banner), education="大学")
    me = actor(applicant)

    files = loading.read(two_desks(tmp_path))
    season = seasons.prepare(files=files, jurisdiction=league, year=2026, title="某盟", by=office, at=AT)
    season = seasons.start(season=season, by=office, at=AT)
    draft = applications.start(season=season, person=applicant.person, by=me, at=AT)
    draft = writing.save(record=draft, typed={"application.county": banner.pk}, by=me, at=AT)
    handed_in = writing.submit(record=Application.objects.get(pk=draft.pk), by=me, at=AT)
    assert handed_in.state == DeskState.AWAITING_REVIEW

    reviewed = desks.pass_up(record=handed_in, by=officer, at=AT)
    assert reviewed.state == DeskState.AWAITING_OPINIONS
    ask(reviewed, office, members, AT)
    speak(reviewed, members[0], at=AT)
    speak(reviewed, members[1], Word.REFUSE, at=AT)
    with pytest.raises(Refused):
        desks.pass_up(record=fresh(reviewed), by=office, at=AT)
    speak(reviewed, members[2], at=AT)
    consulted = desks.pass_up(record=fresh(reviewed), by=office, at=AT)
    assert consulted.state == DeskState.AWAITING_FINALISATION
    passed = desks.pass_up(record=consulted, by=office, at=AT)
    assert passed.state == DeskState.PASSED
    assert [step["label"] for step in passed.route] == ["旗科技局", "盟特派员办公室", "盟特派员办公室"]

    appointments.name(applications=[passed.pk], at=AT)
    appointment = Application.objects.get(pk=passed.pk).appointment
    assert (appointment.term_from, appointment.term_to) == (date(2026, 1, 1), date(2030, 12, 31))
    assert audit.verify().faults == ()
