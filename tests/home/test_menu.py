"""The menu: what the viewer may open and his policies have, the part a page belongs to, and the way up from it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.days import start_of
from apps.directory.models import Organization, Region, User
from apps.directory.states import Level, Role, UnitKind
from apps.policies import loading
from apps.seasons import services
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of
from tests.factories import AT, actor, make_applicant, make_officer, make_season, make_unit, make_user
from tests.factories.places import plant_counties

pytestmark = pytest.mark.usefixtures("at_the_scene")
OPEN_TO_ALL = ["科技需求", "公示", "分配公示", "通知公告", "政策文件", "文件验证", "使用帮助"]
PUBLIC = ("公开信息", ["公示", "分配公示", "通知公告", "政策文件", "文件验证"])
MENUS: dict[str, list[tuple[str, list[str]]]] = {
    "applicant": [
        ("", ["我的事项"]),
        ("申请与聘任", ["申请", "我的文件", "我的聘任"]),
        ("志愿与分配", ["志愿", "挂村联户"]),
        ("", ["科技需求"]),
        PUBLIC,
        ("", ["使用帮助"]),
    ],
    "county": [
        ("", ["我的事项"]),
        ("", ["年度批次"]),
        ("申请与聘任", ["申请库", "受聘人员"]),
        ("需求与对接", ["需求管理", "科技特派员名录", "科技需求"]),
        ("志愿与分配", ["志愿审核", "分配", "挂村联户"]),
        PUBLIC,
        ("", ["使用帮助"]),
    ],
    "nobody": [("", ["我的事项", *OPEN_TO_ALL])],
}


@pytest.mark.parametrize("who", MENUS)
def test_the_menu_holds_what_the_viewer_may_do_and_few_entries_stand_in_one_row(scene, client_of, who):
    users = {"applicant": scene.applicant, "county": scene.officers.county, "nobody": make_user("无任职")}
    menu = client_of(users[who]).get(reverse("home:inbox")).context["menu"]()
    assert [(group.label, [entry.label for entry in group.entries]) for group in menu] == MENUS[who]


def test_a_page_belongs_to_one_entry_and_leads_up_to_it(scene, client_of):
    county = client_of(scene.officers.county)
    for path, label, up in (
        (reverse("seasons:settings", args=[scene.season.pk]), "年度批次", "年度批次"),
        (reverse("home:seasons"), "年度批次", None),
        (reverse("matching:received"), "志愿审核", None),
        (reverse("matching:judge"), "志愿审核", "志愿审核"),
        (reverse("home:messages"), None, None),
    ):
        page = county.get(path)
        here = [entry.label for group in page.context["menu"]() for entry in group.entries if entry.is_here]
        assert (here, getattr(page.context["above"](), "label", None)) == ([label] if label else [], up)
        assert ('class="crumbs"' in page.content.decode()) is bool(up)


ALLOCATED = {"志愿", "志愿审核", "分配", "分配公示", "挂村联户"}
OF_POLICIES = {
    "bayannur": {"双向对接", "服务对象"},
    "guangxi-2023": ALLOCATED,
    "inner-mongolia": set(),
    "jiaozuo": {"双向对接", "聘任调整"},
    "jinzhong": {"双向对接", "储备库", "协议", "聘任调整"},
}
"""What only some policies have, by policy."""
OF_REGIONS = {"双向对接", "储备库", "服务对象", "协议", "聘任调整", "志愿审核", "分配", "挂村联户"}
OF_ROLES = {
    "applicant": {"双向对接", "储备库", "协议", "志愿", "挂村联户"},
    Role.DISPATCHING_UNIT: {"协议", "聘任调整"},
    Role.HOST: {"双向对接", "服务对象", "协议", "聘任调整"},
    Role.SCI_TECH_AUTHORITY: OF_REGIONS,
    Role.SCI_TECH_INSTITUTE: OF_REGIONS,
    Role.COORDINATION_OFFICE: OF_REGIONS,
    Role.AUDITOR: OF_REGIONS,
    Role.TOWNSHIP_OFFICE: {"服务对象"},
    Role.EXPERT: set(),
    Role.MEMBER_UNIT: set(),
    Role.ADMINISTRATOR: set(),
    "public": set(),
}
"""What only some policies have, as far as a role has to do with it; everybody may read an allocation."""
TREES = {"1508": "15"}
"""In which shipped tree a place lies that has none of its own."""
BY_POLICY = set().union(*OF_POLICIES.values())


def run_season(policy: str, at: datetime = AT) -> Season:
    """Let a season of a policy be in progress where it is made for."""
    files = loading.read(policy)
    place = loading.parse(files.pack_text, policy).jurisdiction
    if not Region.objects.filter(pk=place).exists():
        plant_counties(TREES.get(place, place))
    region = Region.objects.get(pk=place)
    office = actor(make_officer(Role.COORDINATION_OFFICE, region))
    season = services.prepare(files=files, jurisdiction=region, year=at.year, title=policy, by=office, at=at)
    last_day = season.windows.get(key=pack_of(season).processes.application.window).closes
    return services.start(season=season, by=office, at=min(at, start_of(last_day)))


def seat(role: str, season: Season) -> User | None:
    """Make somebody who has a role where a season is run."""
    region = season.jurisdiction
    county = Region.objects.filter(path__startswith=region.path, level=Level.COUNTY).first()
    assert county is not None
    if role == "public":
        return None
    if role == "applicant":
        return make_applicant(make_unit(region))
    if role == Role.TOWNSHIP_OFFICE:
        return make_officer(Role(role), Region.objects.create(
            code=f"{county.code}999", name="测试乡", level=Level.TOWNSHIP, parent=county, supervisor=county,
            path=f"{county.path}{county.code}999/",
        ))  # fmt: skip
    of_unit = role in (Role.HOST, Role.DISPATCHING_UNIT)
    place: Region | Organization = make_unit(county, kind=UnitKind.COOPERATIVE) if of_unit else region
    return make_officer(Role(role), county if role == Role.SCI_TECH_AUTHORITY else place)


def entries_of(client_of: Callable[[User], Client], user: User | None) -> dict[str, str]:
    """Return the entries of somebody's menu with their addresses."""
    client = client_of(user) if user else Client()
    menu = client.get(reverse("home:guide")).context["menu"]()
    return {entry.label: entry.url for group in menu for entry in group.entries}


@pytest.fixture
def nothing_runs(scene):
    """Take away the season of the scene."""
    Season.objects.filter(pk=scene.season.pk).delete()


@pytest.mark.parametrize("policy", OF_POLICIES)
def test_nobody_is_led_where_nothing_happens_under_his_policy(nothing_runs, client_of, policy):
    season = run_season(policy)
    for role, may in OF_ROLES.items():
        user = seat(role, season)
        entries = entries_of(client_of, user)
        expected = (may | {"分配公示"}) & OF_POLICIES[policy]
        assert set(entries) & BY_POLICY == expected, role
        client = client_of(user) if user else Client()
        assert {label: client.get(url).status_code for label, url in entries.items()} == dict.fromkeys(entries, 200)


def test_what_is_run_elsewhere_or_is_only_prepared_is_in_no_officers_menu(scene, client_of):
    run_season("bayannur")
    officer, applicant = scene.officers.county, scene.applicant
    assert "服务对象" not in entries_of(client_of, officer)
    assert "双向对接" in entries_of(client_of, applicant)
    Season.objects.filter(pack_id="bayannur").update(state="draft")
    assert "双向对接" not in entries_of(client_of, applicant)


def test_what_has_happened_stays_within_reach_when_its_season_is_over(scene, client_of):
    Season.objects.update(state="closed")
    assert {"志愿", "挂村联户"} <= set(entries_of(client_of, scene.applicant))


def test_the_menu_costs_one_question_however_many_seasons_there_are(scene, client_of, django_assert_num_queries):
    county = client_of(scene.officers.county)
    county.get(reverse("home:guide"))
    for title in ("其二", "其三"):
        with django_assert_num_queries(6):
            county.get(reverse("home:guide"))
        make_season(scene.region, by=scene.office, at=AT, title=title)
        Season.objects.filter(title=title).update(pack_digest=title)
