"""The real division tree, and what a faulty file says of itself."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.directory import divisions_file, services
from apps.directory.divisions_file import Division, DivisionsFault
from apps.directory.models import Region
from apps.directory.selectors import cities_of, city_codes, counties_of, village_counts
from apps.directory.states import Level
from tests.factories import REGION, plant_regions

GUANGXI = divisions_file.FOLDER / "45.csv"
BORDER = """\
code,name,level,parent
15,内蒙古自治区,province,
1507,呼伦贝尔市,city,15
150702,海拉尔区,county,1507
150781,满洲里市,county,1507
150702001,胜利街道,township,150702
150781001,东山街道,township,150781
150781001001,一社区,village,150781001
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "divisions.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_is_the_real_tree():
    rows = divisions_file.read(GUANGXI)
    assert Counter(row.level for row in rows) == {
        Level.REGION: 1,
        Level.CITY: 14,
        Level.COUNTY: 111,
        Level.TOWNSHIP: 1_284,
        Level.VILLAGE: 16_681,
    }
    assert rows[0] == Division("45", "广西壮族自治区", Level.REGION, "")


def test_the_file_of_inner_mongolia_is_the_real_tree():
    path = divisions_file.find("1508", Path("beside"))
    assert path is not None
    rows = divisions_file.read(path)
    assert Counter(row.level for row in rows) == {
        Level.REGION: 1,
        Level.CITY: 12,
        Level.COUNTY: 108,
        Level.TOWNSHIP: 1_225,
        Level.VILLAGE: 14_592,
    }
    reports_to = divisions_file.supervisors(rows)
    assert {code for code, chief in reports_to.items() if len(code) == 6 and chief == "15"} == {"150781", "152501"}
    assert len([code for code, chief in reports_to.items() if len(code) == 6 and chief == "1508"]) == 7


@pytest.mark.django_db
def test_the_real_tree_is_loaded_once_however_often_it_is_loaded():
    assert services.load_divisions(GUANGXI) == 18_091
    first = list(Region.objects.order_by("pk").values())
    assert services.load_divisions(GUANGXI) == 18_091
    assert list(Region.objects.order_by("pk").values()) == first
    region = Region.objects.get(pk=REGION)
    assert len(cities_of(region)) == 14
    assert len(counties_of(region)) == 111
    assert sum(village_counts(region).values()) == 16_681
    assert Region.objects.filter(path__startswith="/45/").count() == 18_091


@pytest.mark.django_db
def test_loading_again_brings_a_changed_name_up_to_date(tmp_path: Path):
    services.load_divisions(written(tmp_path, BORDER))
    services.load_divisions(written(tmp_path, BORDER.replace("海拉尔区", "海拉尔新区")))
    assert Region.objects.get(pk="150702").name == "海拉尔新区"
    assert Region.objects.count() == 7


@pytest.mark.django_db
def test_a_county_may_report_past_the_city_of_its_code(tmp_path: Path):
    services.load_divisions(written(tmp_path, BORDER))
    border = Region.objects.get(pk="150781")
    assert (border.parent_id, border.supervisor_id, border.path) == ("1507", "15", "/15/150781/")
    assert Region.objects.get(pk="150781001001").path == "/15/150781/150781001/150781001001/"
    assert Region.objects.get(pk="150702").path == "/15/1507/150702/"
    region, city = Region.objects.get(pk="15"), Region.objects.get(pk="1507")
    assert [each.pk for each in counties_of(city)] == ["150702"]
    assert [each.pk for each in counties_of(region)] == ["150702", "150781"]
    assert [each.pk for each in cities_of(region)] == ["1507", "150781"]
    assert city_codes(["150702", "150781"]) == {"150702": "1507", "150781": "15"}
    assert village_counts(region) == {"150781": 1}


def test_supervision_counts_only_where_both_ends_are_in_the_file(tmp_path: Path):
    part = "code,name,level,parent\n1507,呼伦贝尔市,city,\n150781,满洲里市,county,1507\n"
    rows = divisions_file.read(written(tmp_path, part))
    assert divisions_file.supervisors(rows) == {"1507": "", "150781": "1507"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("code,name,level,parent\n4x,甲,,\n", "2: 区划代码“4x”应为 2、4、6、9 或 12 位数字"),
        ("code,name,level,parent\n４５,甲,,\n", "2: 区划代码“４５”应为 2、4、6、9 或 12 位数字"),
        ("code,name,level,parent\n45,甲,,\n450,乙,,45\n", "3: 区划代码“450”应为 2、4、6、9 或 12 位数字"),
        ("code,name,level,parent\n45,甲,,\n45,乙,,45\n", "3: 区划代码“45”重复"),
        ("code,name,level,parent\n45,甲,,\n4501,,,45\n", "3: 区划代码“4501”没有名称"),
        ("code,name,level,parent\n45,甲,,\n450102,乙,,4501\n", "3: 上级代码“4501”不在本行之前"),
        ("code,name,level,parent\n45,甲,,\n4501,乙,,\n", "3: 上级代码“”不在本行之前"),
        ("代码,名称\n45,甲\n", "2: 区划代码“”应为 2、4、6、9 或 12 位数字"),
    ],
)
def test_a_faulty_file_tells_its_line(text: str, fault: str, tmp_path: Path):
    with pytest.raises(DivisionsFault) as raised:
        divisions_file.read(written(tmp_path, text))
    assert str(raised.value) == f"divisions.csv:{fault}"


def test_a_file_in_another_encoding_is_refused(tmp_path: Path):
    path = tmp_path / "divisions.csv"
    path.write_bytes("code,name,level,parent\n45,广西,,\n".encode("gb18030"))
    with pytest.raises(DivisionsFault, match=r"divisions\.csv:1: 不是 UTF-8 文本"):
        divisions_file.read(path)


@pytest.mark.django_db
def test_a_faulty_file_leaves_the_tree_as_it_was(tmp_path: Path):
    plant_regions()
    before = list(Region.objects.order_by("pk").values())
    with pytest.raises(DivisionsFault):
        services.load_divisions(written(tmp_path, "code,name,level,parent\n45,改名,,\n45,重复,,45\n"))
    assert list(Region.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_the_command_loads_a_shipped_file_by_its_code():
    out = StringIO()
    call_command("load_divisions", "45", stdout=out)
    assert out.getvalue() == "45：18091 个区划\n"


@pytest.mark.django_db
def test_the_command_names_what_is_shipped_when_asked_for_more():
    with pytest.raises(CommandError, match="没有 99 的区划文件；现有：1407、15、4108、45"):
        call_command("load_divisions", "99")


@pytest.mark.django_db
def test_jiaozuo_has_its_demonstration_zone_among_its_counties():
    assert services.load_divisions(divisions_file.FOLDER / "4108.csv") == 2_148
    city = Region.objects.get(pk="4108")
    assert (city.path, city.supervisor_id, len(counties_of(city))) == ("/4108/", None, 11)
    assert len(village_counts(city)) == 11
    assert sum(village_counts(city).values()) == 2_024
    zone = Region.objects.get(pk="410871")
    assert (zone.name, zone.level, zone.supervisor_id) == ("焦作城乡一体化示范区", Level.COUNTY, "4108")


def test_a_city_may_be_the_top(db: None):
    assert services.load_divisions(divisions_file.FOLDER / "1407.csv") == 2_343
    top = Region.objects.get(pk="1407")
    assert (top.level, top.supervisor, top.path) == ("city", None, "/1407/")
    levels = ("county", "township", "village")
    assert [Region.objects.filter(level=level).count() for level in levels] == [11, 130, 2_201]
    assert counties_of(top) == list(Region.objects.filter(supervisor=top).order_by("code"))


def test_the_file_of_a_division_is_its_own_beside_a_pack_or_the_shipped_one_around_it(tmp_path: Path):
    own = tmp_path / "1525.csv"
    own.touch()
    found = {code: divisions_file.find(code, tmp_path) for code in ("1525", "1407", "140703", "45", "4501", "65")}
    shipped = divisions_file.FOLDER
    assert found == {
        "1525": own,
        "1407": shipped / "1407.csv",
        "140703": shipped / "1407.csv",
        "45": shipped / "45.csv",
        "4501": shipped / "45.csv",
        "65": None,
    }
