"""An actor with posts of his own and of others: what each gives him, and what it does not."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from apps.core.actors import HANDLE, VIEW, Actor, HeldPost
from apps.core.refs import Ref

AT = datetime(2026, 6, 10, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
COUNTY = Ref("region", "450126")
OWN = HeldPost("auditor", COUNTY, "审计", "/45/4501/450126/", date(2020, 1, 1), None)
LENT = HeldPost(
    "sci_tech_authority", COUNTY, "县科技局", "/45/4501/450126/", date(2026, 6, 1), date(2026, 6, 10),
    acting_for="张三", person_id=7, carries=frozenset({(HANDLE, str(COUNTY)), ("view_application", "application:12")}),
)  # fmt: skip
BOTH = Actor("李四", 2, 9, (OWN, LENT), frozenset({(VIEW, str(COUNTY))}))
LATER = AT.replace(day=11)


def test_a_post_held_for_another_gives_its_own_permissions_and_lends_them_to_no_other_post():
    assert BOTH.desks(AT) == {"applicant@person:9", LENT.desk}
    assert list(BOTH.posts_with(HANDLE, AT)) == [LENT]


def test_ones_own_grants_give_nothing_to_a_post_held_for_another():
    bare = replace(LENT, carries=frozenset())
    assert list(Actor("李四", 2, 9, (bare,), frozenset({(HANDLE, str(COUNTY))})).posts_with(HANDLE, AT)) == []


def test_after_its_last_day_it_gives_nothing():
    assert BOTH.desks(LATER) == {"applicant@person:9"}
    assert (BOTH.lent("application", AT), BOTH.lent("application", LATER)) == ([12], [])
    assert (BOTH.persons_stood_for(AT), BOTH.persons_stood_for(LATER)) == ({7}, frozenset())


def test_neither_his_own_case_nor_that_of_whom_he_stands_for_is_his():
    assert BOTH.persons_acted_as(AT) == {7, 9}
    assert Actor("李四", 2, None, (LENT,)).persons_acted_as(AT) == {7}


def test_an_act_is_done_in_the_post_that_allows_it_ones_own_first():
    own = replace(LENT, acting_for="", title="本人任职", carries=frozenset())
    seated = Actor("李四", 2, 9, (own, LENT), frozenset({(HANDLE, str(COUNTY))}))
    assert seated.post_at(LENT.desk, AT) == own
    assert BOTH.post_at(LENT.desk, AT) == LENT
    assert BOTH.post_at(f"{HANDLE}@{COUNTY}", AT) == LENT
    assert BOTH.post_at(f"{VIEW}@{COUNTY}", AT) == OWN
    assert BOTH.post_at("host@region:450126", AT) is None
