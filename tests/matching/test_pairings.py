"""Pairings: proposed by either side, answered by the other, and standing for the consent of the host."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core import audit
from apps.core.actors import CLOCK
from apps.core.log import entries_of
from apps.core.refs import Ref
from apps.desks import services as desks
from apps.desks.models import Paper, Verdict
from apps.desks.states import DeskState
from apps.matching.models import Pairing
from apps.matching.selectors import pairings as selectors
from apps.matching.services import pairings as services
from apps.notices.models import Message
from apps.seasons import services as seasons
from apps.seasons.models import Season
from tests.factories import City, Scene, actor, build_city, count_working_days, run_effects
from tests.factories.matching import pairing_anew, propose
from tests.refusals import code_of
from workflows import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build_city()


def answer(city: City, pairing: Pairing, by: str, word: str = "agree", **said: Any) -> Pairing:
    act = {"agree": services.agree, "decline": services.decline}[word]
    row = pairing_anew(pairing)
    given = {"digest": row.digest(), "opinion": "", "at": city.at, **said}
    return act(pairing=row, by=city.by(by), **given)


OTHER = {"person": "host", "host": "person"}
by_either_side = pytest.mark.parametrize("proposer", ["person", "host"])


@by_either_side
def test_either_side_proposes_and_the_other_agrees(city: City, proposer: str):
    pairing = propose(city, proposer)
    assert (pairing.state, pairing.by_person) == ("draft", proposer == "person")
    assert answer(city, pairing, OTHER[proposer]).state == "agreed"
    said = Verdict.objects.filter(kind="pairing", record=pairing.pk)
    assert {(each.party, each.word, each.digest) for each in said} == {
        (desk, "agree", pairing_anew(pairing).digest()) for desk in (pairing.desk, pairing.person_desk())
    }


@by_either_side
def test_nobody_answers_for_the_other_side(city: City, proposer: str):
    pairing = propose(city, proposer)
    for name in {"person", "host", "unit", "county", "city"} - {OTHER[proposer]}:
        assert code_of(answer, city, pairing, name) == "not_yours"


@by_either_side
def test_the_side_that_is_asked_has_a_paper_and_is_told(city: City, proposer: str):
    pairing = propose(city, proposer)
    paper = Paper.objects.get(kind="pairing", record=pairing.pk)
    assert (paper.desk, paper.done, paper.latest) == (pairing.awaited_desk(), None, False)
    run_effects(city.at)
    asked = city.applicant if proposer == "host" else city.officers["host"]
    assert [message.user for message in Message.objects.all()] == [asked]
    answer(city, pairing, OTHER[proposer])
    assert Paper.objects.get(pk=paper.pk).done == city.at


def test_the_other_side_says_no_with_a_reason(city: City):
    pairing = propose(city)
    assert code_of(answer, city, pairing, "host", "decline", opinion=" ") == "no_reason"
    assert answer(city, pairing, "host", "decline", opinion="已有人选").state == "declined"
    again = propose(city)
    assert again.pk != pairing.pk


def test_a_word_on_other_terms_does_not_count(city: City):
    assert code_of(answer, city, propose(city), "host", digest="0" * 64) == "text_changed"


def test_proposed_twice_it_is_the_same_and_the_other_side_is_sent_to_it(city: City):
    pairing = propose(city)
    assert propose(city).pk == pairing.pk
    assert code_of(propose, city, terms="另一内容") == "proposed_already"
    assert pairing_anew(pairing).terms == pairing.terms
    assert code_of(propose, city, "host") == "has_one"
    assert Pairing.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"industry": "spaceships"}, "unknown_industry"), ({"terms": "  "}, "incomplete")],
    ids=["unknown industry", "no terms"],
)
def test_what_is_not_fit_is_refused(city: City, changed: dict[str, Any], code: str):
    assert code_of(propose, city, **changed) == code
    assert Pairing.objects.count() == 0


def test_under_a_policy_that_knows_no_hosts_nobody_proposes(scene: Scene):
    applicant = scene.applicant
    given = {"person": applicant.person, "side": scene.county, "industry": "citrus", "terms": "每月到村两次。"}
    assert code_of(services.propose, season=scene.season, by=actor(applicant), at=scene.at, **given) == "no_hosts"


@pytest.mark.parametrize("stranger", ["unit", "county", "city"])
def test_strangers_propose_nothing(city: City, stranger: str):
    assert code_of(propose, city, stranger) == "not_yours"


def test_a_county_invites_a_person_himself_agreeing(city: City):
    pairing = propose(city, "county", side=city.county)
    assert (pairing.host, pairing.county) == (None, city.county)
    assert answer(city, pairing, "person").state == "agreed"


@by_either_side
def test_either_side_takes_back_what_is_agreed_and_the_other_is_told_why(city: City, proposer: str):
    pairing = answer(city, propose(city, "person"), "host")
    assert (
        code_of(services.withdraw, pairing=pairing_anew(pairing), by=city.by(proposer), at=city.at, opinion="")
        == "no_reason"
    )
    gone = services.withdraw(pairing=pairing_anew(pairing), by=city.by(proposer), at=city.at, opinion="工作调动")
    run_effects(city.at)
    told = city.applicant if proposer == "host" else city.officers["host"]
    assert gone.state == "withdrawn"
    assert "工作调动" in Message.objects.filter(user=told).latest("pk").text
    assert not Verdict.objects.filter(kind="pairing", record=pairing.pk, void=None).exists()


@pytest.mark.parametrize("name", ["county", "host"])
def test_who_is_no_side_or_was_only_asked_takes_nothing_back(city: City, name: str):
    pairing = propose(city)
    assert code_of(services.withdraw, pairing=pairing, by=city.by(name), at=city.at, opinion="不妥") == "not_yours"


def test_who_proposed_takes_it_back_unanswered(city: City):
    pairing = propose(city)
    gone = services.withdraw(pairing=pairing, by=city.by("person"), at=city.at, opinion="另有安排")
    assert gone.state == "withdrawn"


def test_a_proposal_lapses_after_its_last_day_and_not_before(city: City):
    pairing = propose(city)
    assert pairing.until == (city.at + timedelta(days=15)).date()
    assert steps.lapse_pairings(city.at + timedelta(days=15)) == 0
    late = city.at + timedelta(days=16)
    assert code_of(answer, city, pairing, "host", at=late) == "too_late"
    assert (steps.lapse_pairings(late), steps.lapse_pairings(late)) == (1, 0)
    assert pairing_anew(pairing).state == "lapsed"


def test_the_days_to_answer_are_working_days_where_the_season_counts_these(city: City):
    count_working_days(city.season, date(2026, 6, 19))
    proposed = propose(replace(city, season=Season.objects.get(pk=city.season.pk)))
    days = [city.at.date() + timedelta(days=number) for number in range(1, (proposed.until - city.at.date()).days + 1)]
    assert sum(day.weekday() < 5 and day != date(2026, 6, 19) for day in days) == 15


def test_what_is_agreed_stands_until_the_season_is_over(city: City):
    pairing = answer(city, propose(city), "host")
    later = city.at + timedelta(days=100)
    assert steps.lapse_pairings(later) == 0
    seasons.close(season=Season.objects.get(pk=city.season.pk), by=city.by("issuer"), at=later)
    assert steps.lapse_pairings(later) == 1
    assert pairing_anew(pairing).state == "lapsed"


def test_each_sees_his_own_pairings_and_offices_those_of_their_regions(city: City):
    pairing = propose(city)
    seen = {name for name in ("person", "host", "county", "city", "unit") if _sees(city, city.by(name), pairing)}
    assert seen == {"person", "host", "county", "city"}
    assert not _sees(city, actor(city.stranger), pairing)


def _sees(city: City, viewer: Any, pairing: Pairing) -> bool:
    return selectors.pairing_for(viewer, pairing.pk, city.at) is not None


# The consent of the host


def moved(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_an_agreed_pairing_stands_for_the_hosts_consent(city: City):
    pairing = answer(city, propose(city), "host", opinion="欢迎")
    application = city.submit(city.from_below())
    run_effects(city.at)
    row = moved(application)
    assert (row.step, row.desk) == (1, f"dispatching_unit@organization:{city.unit.pk}")
    entry = entries_of(Ref("application", str(row.pk))).last()
    assert (entry.action, entry.actor, entry.actor_id) == ("pass_up", CLOCK.name, None)
    assert entry.details == {"pairing": pairing.number, "digest": pairing_anew(pairing).digest()}
    assert city.officers["host"].display_name in entry.opinion
    used = pairing_anew(pairing)
    assert (used.state, used.used_for) == ("used", f"application:{row.pk}")
    assert audit.verify().faults == ()


def test_a_pairing_agreed_while_the_application_waits_passes_it_too(city: City):
    application = city.submit(city.from_below())
    pairing = propose(city)
    run_effects(city.at)
    assert moved(application).step == 0
    answer(city, pairing, "host")
    run_effects(city.at)
    assert moved(application).step == 1


def test_from_the_pool_the_host_is_passed_once_the_person_has_agreed(city: City):
    answer(city, propose(city, "host"), "person")
    application = city.submit(city.from_pool())
    run_effects(city.at)
    assert moved(application).step == 0
    desks.pass_up(record=moved(application), by=city.by("person"), at=city.at)
    run_effects(city.at)
    assert moved(application).step == 2


@pytest.mark.parametrize("how", ["proposed", "withdrawn", "with the county"])
def test_no_other_pairing_stands_for_it(city: City, how: str):
    if how == "with the county":
        answer(city, propose(city, "county", side=city.county), "person")
    else:
        pairing = propose(city)
        if how == "withdrawn":
            answer(city, pairing, "host")
            services.withdraw(pairing=pairing_anew(pairing), by=city.by("host"), at=city.at, opinion="有变")
    application = city.submit(city.from_below())
    run_effects(city.at)
    assert moved(application).state == DeskState.AWAITING_CONSENT
    assert moved(application).step == 0


def test_the_clock_agrees_for_no_desk_that_has_not_agreed(city: City):
    application = city.submit(city.from_below())
    refused = code_of(desks.pass_up, record=moved(application), by=CLOCK, at=city.at)
    assert (refused, moved(application).step) == ("not_agreed", 0)
