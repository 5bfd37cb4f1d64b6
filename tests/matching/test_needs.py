"""Needs: posted by hosts and counties, looked through where the pack says, published for everybody."""

from typing import Any

import pytest
from django.test import Client

from apps.core.actors import Actor
from apps.core.models import Reveal
from apps.desks.models import Paper
from apps.matching.models import Need
from apps.matching.selectors import needs as selectors
from apps.matching.services import needs as services
from apps.notices.models import Message
from tests.factories import City, build_city, make_user, run_effects
from tests.factories.matching import SAID, need_anew, publish_need, write_need
from tests.refusals import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build_city()


def test_a_need_of_a_host_passes_county_and_city_and_is_then_published(city: City):
    need = services.submit_need(need=write_need(city), by=city.by("host"), at=city.at)
    assert (need.state, [step["office"] for step in need.route]) == ("awaiting_review", ["county", "city"])
    need = services.pass_need(need=need_anew(need), by=city.by("county"), at=city.at)
    assert (need.state, need.published) == ("awaiting_review", None)
    need = services.pass_need(need=need_anew(need), by=city.by("city"), at=city.at)
    assert (need.state, need.desk, need.published) == ("published", "", city.at)
    assert [each.pk for each in selectors.published()] == [need.pk]


def test_a_need_that_the_county_posts_passes_the_others_only(city: City):
    need = services.submit_need(need=write_need(city, "county"), by=city.by("county"), at=city.at)
    assert [step["office"] for step in need.route] == ["city"]


def test_each_desk_finds_the_need_among_its_papers_and_loses_it_again(city: City):
    need = services.submit_need(need=write_need(city), by=city.by("host"), at=city.at)
    papers = Paper.objects.filter(kind="need", record=need.pk).order_by("pk")
    assert [(paper.desk, paper.done) for paper in papers] == [(need.desk, None)]
    services.pass_need(need=need_anew(need), by=city.by("county"), at=city.at)
    assert [paper.done is None for paper in papers.all()] == [False, True]


@pytest.mark.parametrize(("officer", "expected"), [("host", "not_yours"), ("city", "not_yours"), ("unit", "not_yours")])
def test_only_the_desk_where_it_lies_agrees_to_it(city: City, officer: str, expected: str):
    need = services.submit_need(need=write_need(city), by=city.by("host"), at=city.at)
    assert code_of(services.pass_need, need=need_anew(need), by=city.by(officer), at=city.at) == expected


def test_it_is_given_back_with_a_reason_corrected_and_handed_in_again(city: City):
    need = services.submit_need(need=write_need(city), by=city.by("host"), at=city.at)
    assert (
        code_of(services.send_need_back, need=need_anew(need), by=city.by("county"), at=city.at, opinion=" ")
        == "no_reason"
    )
    need = services.send_need_back(need=need_anew(need), by=city.by("county"), at=city.at, opinion="请写明面积")
    assert need.state == "returned"
    services.rewrite_need(need=need, said={**SAID, "detail": "五十亩"}, by=city.by("host"), at=city.at)
    need = services.submit_need(need=need_anew(need), by=city.by("host"), at=city.at)
    assert (need.state, need.detail) == ("awaiting_review", "五十亩")
    assert code_of(services.rewrite_need, need=need, said=SAID, by=city.by("host"), at=city.at) == "read_only"


@pytest.mark.parametrize(
    ("changed", "code"), [({"industry": "spaceships"}, "unknown_industry")], ids=["an unknown industry"]
)
def test_what_the_season_does_not_know_is_refused(city: City, changed: dict[str, Any], code: str):
    assert code_of(write_need, city=city, **changed) == code
    assert Need.objects.count() == 0


def test_a_place_of_another_county_and_a_strange_desk_are_refused(city: City):
    elsewhere = city.stranger.posts.get().organization.region
    assert code_of(write_need, city=city, place=elsewhere) == "place_elsewhere"
    stranger: dict[str, Any] = {"season": city.season, "place_of_post": city.host, "said": SAID, "at": city.at}
    assert code_of(services.write_need, by=city.by("unit"), **stranger) == "not_yours"


def test_it_is_met_by_who_posted_it_and_leaves_the_public_list(city: City):
    need = publish_need(city)
    assert code_of(services.meet_need, need=need, by=city.by("county"), at=city.at) == "not_yours"
    services.meet_need(need=need, by=city.by("host"), at=city.at)
    assert list(selectors.published()) == []


def test_the_county_takes_it_off_the_list_with_a_reason_and_the_host_is_told(city: City):
    services.close_need(need=publish_need(city), by=city.by("county"), at=city.at, opinion="信息不实")
    assert list(selectors.published()) == []
    run_effects(city.at)
    texts = Message.objects.filter(user=city.officers["host"]).values_list("text", flat=True)
    assert "科技需求：苹果腐烂病防治：" in texts.last() or any("信息不实" in text for text in texts)


@pytest.mark.parametrize("text", ["苹果", "腐烂", "pingguo", "pgflb", "太谷测试", "taigu"])
def test_it_is_found_by_characters_and_by_sound(city: City, text: str):
    need = publish_need(city)
    assert [each.pk for each in selectors.needs_called(selectors.published(), text)] == [need.pk]


def test_it_is_not_found_by_what_it_does_not_hold(city: City):
    publish_need(city)
    assert list(selectors.needs_called(selectors.published(), "葡萄")) == []


def test_a_draft_is_seen_at_its_desk_alone(city: City):
    draft = write_need(city)
    seen = {name: selectors.need_for(city.by(name), draft.pk, city.at) for name in ("host", "county", "city", "unit")}
    assert {name for name, need in seen.items() if need} == {"host"}


def test_the_public_reads_neither_the_name_nor_the_number_of_whom_to_ask(city: City):
    need = publish_need(city)
    for path in ("/public/needs/", f"/public/needs/{need.pk}/", "/public/needs/?export=xlsx"):
        answer = Client().get(path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert "郭联系".encode() not in text
        assert b"13800000000" not in text


def test_who_reads_the_number_is_kept_with_the_reason(city: City):
    need, reader = publish_need(city), city.by("person")
    assert code_of(services.reveal_contact, need=need, by=Actor("公众"), reason="商谈", at=city.at) == "no_reason"
    assert code_of(services.reveal_contact, need=need, by=reader, reason=" ", at=city.at) == "no_reason"
    assert services.reveal_contact(need=need, by=reader, reason="商谈服务", at=city.at) == "郭联系 13800000000"
    assert list(Reveal.objects.values_list("ref", "reason")) == [(f"need:{need.pk}", "商谈服务")]


def test_nobody_without_a_post_may_post(city: City):
    client = Client()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/needs/new/").status_code == 403


def test_what_all_will_read_gives_no_one_s_number_away(city: City):
    assert code_of(write_need, city, detail="请联系张三13812345678") == "personal"
    assert not Need.objects.exists()
