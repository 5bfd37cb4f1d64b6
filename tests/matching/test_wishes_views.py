"""The screens of wishes, from the empty form to the receipt, and of the county that judges them."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.core import tokens
from apps.directory.models import User
from apps.matching import services
from apps.matching.models import GroupIndustry, Wish, WishList
from apps.matching.selectors.wishes import WISH_LIST
from apps.seasons.models import Quota
from tests.factories import Scene, actor
from tests.factories.allocation import make_market
from tests.factories.wishes import entries_for, groups_of, make_participant, make_wishes, wish_of, wishing_at

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _within_the_days(scene: Scene):
    with time_machine.travel(wishing_at(scene), tick=False):
        yield


def typed(scene: Scene, number: int) -> dict[str, object]:
    entries = entries_for(groups_of(scene)[:number])
    return {f"{name}-{n}": entry[name] for n, entry in enumerate(entries, 1) for name in ("group", "industry")}


def test_wishes_are_written_looked_through_and_handed_in_with_a_receipt(scene: Scene, client_of: Browser):
    part = make_participant(scene)
    browser, season = client_of(part.person.user), scene.season.pk
    page = browser.get(reverse("matching:mine"), follow=True)
    assert "请按意愿先后填写1至3个县（市、区）" in page.content.decode()
    checked = browser.post(reverse("matching:write", args=[season]), typed(scene, 2), follow=True)
    assert checked.redirect_chain == [(reverse("matching:check", args=[season]), 302)]
    sent = {"token": checked.context["token"], "confirmed": "on"}
    receipt = browser.post(reverse("matching:check", args=[season]), sent, follow=True)
    assert receipt.redirect_chain == [(reverse("matching:receipt", args=[season]), 302)]
    assert "县级尚未审核" in receipt.content.decode()
    assert WishList.objects.get().number in receipt.content.decode()
    assert Wish.objects.count() == 2
    back = browser.post(reverse("matching:take_back", args=[season]), {"token": receipt.context["token"]}, follow=True)
    assert back.redirect_chain == [(reverse("matching:write", args=[season]), 302)]
    assert back.context["form"].initial == typed(scene, 2)


def test_what_is_chosen_is_kept_at_once(scene: Scene, client_of: Browser):
    part = make_participant(scene)
    half = {"group-1": groups_of(scene)[0].pk, "group-2": "nowhere"}
    answer = client_of(part.person.user).post(reverse("matching:autosave", args=[scene.season.pk]), half)
    assert answer.content.decode().startswith("已保存")
    assert WishList.objects.get().entries == [{"group": groups_of(scene)[0].pk, "industry": ""}]


def test_two_windows_overwrite_nothing_unseen_and_the_second_may_choose(scene: Scene, client_of: Browser):
    browser, form = client_of(make_participant(scene).person.user), reverse("matching:write", args=[scene.season.pk])
    autosave = reverse("matching:autosave", args=[scene.season.pk])
    one, two, three = (typed(scene, number) for number in (1, 2, 3))
    first, second = (window(browser, form) for _ in range(2))
    for chosen in (one, two):
        assert browser.post(autosave, {**first, **chosen}).status_code == 200
    told = browser.post(autosave, {**second, **three})
    assert (told.status_code, "未保存：本页内容已在另一窗口或设备上改动" in told.content.decode()) == (409, True)
    refused = browser.post(form, {**second, **three})
    group, industry = groups_of(scene)[2], three["industry-3"]
    assert refused.status_code == 409
    assert [(each.label, each.old, each.new) for each in refused.context["differences"]] == [
        ("志愿3", "", f"{group}（{industry}）")
    ]
    assert WishList.objects.get().entries == entries_for(groups_of(scene)[:2])
    assert browser.post(form, {**second, **three}).status_code == 409
    chosen = {**second, **three, "keep": refused.context["standing"].digest}
    assert browser.post(form, chosen).status_code == 302
    assert WishList.objects.get().entries == entries_for(groups_of(scene)[:3])


def window(browser: Client, address: str) -> dict[str, str]:
    """Open the form anew and return what it carries beside its entries."""
    opened = browser.get(address).context["opened"]
    return {"digest": opened.digest, "mark": opened.mark}


def test_wishes_written_in_another_window_since_they_were_looked_over_are_not_handed_in(
    scene: Scene, client_of: Browser
):
    browser, season = client_of(make_participant(scene).person.user), scene.season.pk
    form, check = (reverse(f"matching:{name}", args=[season]) for name in ("write", "check"))
    looked_over = browser.post(form, typed(scene, 1), follow=True)
    browser.post(form, typed(scene, 2))
    sent = {"token": looked_over.context["token"], "checked": looked_over.context["checked"], "confirmed": "on"}
    refused = browser.post(check, sent)
    assert (refused.status_code, "内容已在另一窗口或设备上改动，没有提交" in refused.content.decode()) == (409, True)
    assert not Wish.objects.exists()
    again = {**sent, "token": refused.context["token"], "checked": refused.context["checked"]}
    assert browser.post(check, again).url == reverse("matching:receipt", args=[season])
    assert Wish.objects.count() == 2


def test_what_no_wish_can_be_is_told_beside_its_entry_and_what_was_chosen_stays(scene: Scene, client_of: Browser):
    part, first = make_participant(scene), groups_of(scene)[0].pk
    sent = {
        **typed(scene, 1),
        "group-2": first,
        "industry-2": typed(scene, 1)["industry-1"],
        "group-3": "",
        "industry-3": "水稻",
    }
    answer = client_of(part.person.user).post(reverse("matching:write", args=[scene.season.pk]), sent)
    assert answer.status_code == 422
    assert {name: list(errors) for name, errors in answer.context["form"].errors.items()} == {
        "group-2": ["与志愿1相同，请改选或清空。"],
        "group-3": ["已选产业，还没有选择县（市、区）。"],
    }
    assert [entry["group"] for entry in WishList.objects.get().entries] == [first, first]


def test_a_fourth_wish_finds_no_place_in_the_form(scene: Scene, client_of: Browser):
    part = make_participant(scene)
    sent = {**typed(scene, 3), "group-4": groups_of(scene)[0].pk, "industry-4": "水稻"}
    client_of(part.person.user).post(reverse("matching:write", args=[scene.season.pk]), sent)
    assert WishList.objects.get().entries == entries_for(groups_of(scene))


def test_who_does_not_choose_has_no_form(scene: Scene, client_of: Browser):
    part = make_participant(scene, level="county")
    assert client_of(part.person.user).get(reverse("matching:write", args=[scene.season.pk])).status_code == 404
    assert "没有需要您填报的志愿" in client_of(part.person.user).get(reverse("matching:mine")).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_a_county_sees_its_wishes_and_judges_those_chosen(
    scene: Scene, client_of: Browser, django_assert_num_queries, number: int
):
    lists = [make_wishes(scene, groups_of(scene)) for _ in range(number)]
    browser = client_of(scene.officers.county)
    with django_assert_num_queries(17):
        page = browser.get(reverse("matching:received"))
    assert page.content.decode().count('name="wish"') == number
    chosen = [wish_of(each).pk for each in lists]
    form = browser.get(reverse("matching:judge"), {"wish": chosen})
    sent = {"wish": chosen, "token": form.context["token"], "word": "accept", "points": 80}
    assert browser.post(reverse("matching:judge"), sent).status_code == 302
    assert Wish.objects.filter(word="accept", points=80).count() == number
    left = browser.get(reverse("matching:received"), {"word": "none"}).content.decode()
    assert "没有符合条件的志愿" in left
    assert f"{scene.season.title}：{groups_of(scene)[0]}收到{number}个志愿，0个未审核" in left


def test_all_that_a_list_was_narrowed_to_is_judged_at_once_and_nothing_of_another_county(
    scene: Scene, client_of: Browser
):
    first, second = (make_wishes(scene, groups_of(scene)) for _ in range(2))
    judged = {"by": actor(scene.officers.county), "at": wishing_at(scene)}
    services.judge_wishes(wishes=[wish_of(first).pk], word="invite", points=None, **judged)
    browser = client_of(scene.officers.county)
    form = browser.get(reverse("matching:judge"), {"all": "1", "word": "none"})
    assert [wish.pk for wish in form.context["chosen"]] == [wish_of(second).pk]


def test_what_a_colleague_has_said_since_the_page_was_opened_is_shown_and_not_overwritten(
    scene: Scene, client_of: Browser
):
    wish = wish_of(make_wishes(scene, groups_of(scene)[:1]))
    first, second = (client_of(scene.officers.county) for _ in range(2))
    where = reverse("matching:judge")

    def sent(browser: Client, word: str, points: int) -> dict[str, object]:
        page = browser.get(where, {"wish": wish.pk})
        mark = page.context["chosen"][0].mark
        return {
            "wish": wish.pk,
            f"seen:{wish.pk}": mark,
            "token": page.context["token"],
            "word": word,
            "points": points,
        }

    earlier, later = sent(first, "invite", 85), sent(second, "recommend", 60)
    assert first.post(where, earlier).status_code == 302
    refused = second.post(where, later)
    assert refused.status_code == 409
    assert "邀请，85分。本次填写的没有记录" in refused.content.decode()
    assert wish_of(wish.list).said == ("invite", 85, "")
    assert first.post(where, earlier).status_code == 302
    assert second.post(where, sent(second, "recommend", 60)).status_code == 302
    assert wish_of(wish.list).said == ("recommend", 60, "")


def test_the_forecast_names_who_stays_short_and_who_is_without_a_verdict(scene: Scene, client_of: Browser):
    make_market(scene, people=1)
    page = client_of(scene.officers.county).get(reverse("matching:outlook", args=[scene.season.pk]))
    rows = [(row.group, row.missing, row.group.unjudged) for _, some in page.context["parts"] for row in some]
    first, second, third = groups_of(scene)
    assert rows == [(second, 1, 1), (first, 0, 1), (third, 0, 1)]
    assert "至少还缺1人" in page.content.decode()


def test_where_no_quota_is_set_nothing_is_foretold(scene: Scene, client_of: Browser):
    make_market(scene, people=1, villages=(0, 0, 0))
    where = reverse("matching:outlook", args=[scene.season.pk])
    browser = client_of(scene.officers.county)
    assert "人数下限都可以补足" in browser.get(where).content.decode()
    Quota.objects.filter(group=groups_of(scene)[0]).update(places=None)
    page = browser.get(where)
    shown = page.content.decode()
    assert ("人数下限都可以补足" in shown, "1个县（市、区）的名额尚未设定，无法预计是否缺人" in shown) == (False, True)
    parts = [(label[:6], len(some)) for label, some in page.context["parts"]]
    assert parts == [("预计不缺人的", 2), ("名额尚未设定", 1)]


def test_a_refusal_without_a_reason_comes_back_with_what_was_typed(scene: Scene, client_of: Browser):
    wish = wish_of(make_wishes(scene, groups_of(scene)[:1]))
    token = tokens.issue(WISH_LIST, {wish.list_id: wish.list.version})
    sent = {"wish": wish.pk, "token": token, "word": "refuse", "points": 5}
    answer = client_of(scene.officers.county).post(reverse("matching:judge"), sent)
    assert answer.status_code == 409
    assert "不接收须写明理由" in answer.content.decode()


def test_wishes_go_out_as_a_workbook(scene: Scene, client_of: Browser):
    make_wishes(scene, groups_of(scene)[:1])
    answer = client_of(scene.officers.county).get(reverse("matching:received"), {"export": "xlsx"})
    assert answer.headers["Content-Type"].endswith("sheet")


def test_the_office_keeps_the_industries_on_screen_and_others_do_not(scene: Scene, client_of: Browser):
    group = groups_of(scene)[0]
    place = reverse("matching:industries", args=[group.pk])
    assert client_of(scene.officers.region).post(place, {"industries": "柑橘\n\n竹编"}).status_code == 302
    assert list(GroupIndustry.objects.values_list("industry", flat=True)) == ["柑橘", "竹编"]
    others = [scene.officers.county, scene.officers.unit]
    assert [client_of(user).post(place, {"industries": ""}).status_code for user in others] == [404, 404]
