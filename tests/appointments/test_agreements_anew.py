"""Agreements that did not come about as drafted: void, drawn up anew, without a party that is named later."""

import copy
from datetime import timedelta

import pytest

from apps.appointments import services
from apps.appointments.guards import is_to_be_named
from apps.appointments.models import Agreement
from apps.appointments.selectors import predecessor, standing
from apps.appointments.states import AgreementState
from apps.core import audit
from apps.core.kinds import Decision
from apps.core.outbox import parked
from apps.core.refusals import Refused
from apps.directory.models import Post
from tests.appointments.conftest import told, waiting
from tests.factories import (
    City,
    run_effects,
)
from tests.factories.agreements import (
    PARTIES,
    again,
    desk_of_party,
    make_agreement,
    revise_as,
    sign_as,
    signing_at,
    void_as,
)
from tests.refusals import code_in
from workflows import steps


def test_a_void_agreement_is_over_and_its_parties_are_told(city: City):
    agreement = make_agreement(city)
    services.void(agreement=agreement, by=city.by("city"), at=signing_at(city), opinion="人选调整")
    run_effects(signing_at(city))
    assert waiting(agreement) == []
    assert told(city, "person") == (
        f"石测试的晋中市科技特派员选派协议已由{city.by('city').name}作废，不再签署。理由：人选调整"
    )
    with pytest.raises(Refused) as refused:
        sign_as(city, agreement, "host")
    assert code_in(refused) == "wrong_state"


def test_a_void_agreement_is_drawn_up_anew_with_the_facts_of_today_and_signed(city: City):
    first = void_as(city, revise_as(city, make_agreement(city)))
    type(city.host).objects.filter(pk=city.host.pk).update(name="太谷更名合作社")
    second = services.draw_up_anew(agreement=first, by=city.by("city"), at=signing_at(city))
    assert (second.state, second.replaces, waiting(second)) == (AgreementState.DRAFTED, first, ["city"])
    assert second.content["parties"][2]["name"] == "太谷更名合作社"
    assert "十、补充条款。" not in second.content["body"]
    assert predecessor(second).opinion == "人选调整"
    run_effects(signing_at(city))
    services.send_out(seen={second.pk: second.version}, by=city.by("city"), at=signing_at(city))
    for party in PARTIES:
        sign_as(city, second, party)
    assert again(second).state == AgreementState.SIGNED
    assert audit.verify().faults == ()


@pytest.mark.parametrize(
    ("by", "state", "code"),
    [("host", "void", "not_yours"), ("issuer", "void", "not_yours"), ("city", "signing", "not_void")],
)
def test_only_what_is_void_is_drawn_up_anew_by_who_drew_it_up(city: City, by: str, state: str, code: str):
    agreement = make_agreement(city)
    if state == "void":
        agreement = void_as(city, agreement)
    with pytest.raises(Refused) as refused:
        services.draw_up_anew(agreement=agreement, by=city.by(by), at=signing_at(city))
    assert code_in(refused) == code


def test_it_is_drawn_up_anew_once_and_not_after_the_term(city: City):
    first = void_as(city, make_agreement(city))
    second = services.draw_up_anew(agreement=first, by=city.by("city"), at=signing_at(city))
    with pytest.raises(Refused) as refused:
        services.draw_up_anew(agreement=first, by=city.by("city"), at=signing_at(city))
    assert code_in(refused) == "drawn_up_already"
    second = void_as(city, second)
    steps.end_terms(city.at + timedelta(days=365))
    with pytest.raises(Refused) as refused:
        services.draw_up_anew(agreement=second, by=city.by("city"), at=signing_at(city))
    assert code_in(refused) == "term_over"


def name_as(city: City, agreement: Agreement, party: str, by: str = "city") -> Agreement:
    services.name_party(
        agreement=again(agreement), party=party, organization=city.host, by=city.by(by), at=signing_at(city)
    )
    return again(agreement)


def test_a_case_without_a_party_is_drafted_and_goes_on_once_it_is_named(city: City):
    agreement = make_agreement(city, without="host")
    assert agreement.content["parties"][2] == {"party": "host", "label": "服务单位", "name": "", "desk": ""}
    assert told(city, "city") == (
        "石测试的晋中市科技特派员选派协议已拟稿，有签署方尚未确定，请打开后指定签署单位，再送签。"
    )
    assert not parked().exists()
    assert "经石测试与（尚未确定）协商一致" in agreement.content["body"][0]
    (outcome,) = services.send_out(seen={agreement.pk: agreement.version}, by=city.by("city"), at=signing_at(city))
    assert [refusal.code for refusal in outcome.refusals] == ["party_lacking"]
    assert "服务单位" in outcome.refusals[0].reason
    named = name_as(city, agreement, "host")
    assert "经石测试与太谷测试合作社协商一致" in named.content["body"][0]
    services.send_out(seen={named.pk: named.version}, by=city.by("city"), at=signing_at(city))
    assert sorted(waiting(named)) == sorted(PARTIES)
    for party in PARTIES:
        sign_as(city, named, party)
    assert again(named).state == AgreementState.SIGNED
    assert audit.verify().faults == ()


def test_words_changed_by_hand_stay_when_a_party_is_named(city: City):
    agreement = revise_as(city, make_agreement(city, without="host"))
    named = name_as(city, agreement, "host")
    assert named.content["body"] == agreement.content["body"]
    assert named.content["body"][-1] == "十、补充条款。"
    assert named.content["parties"][2]["name"] == "太谷测试合作社"


def test_a_party_is_named_once_by_who_draws_it_up_and_stands_but_once(city: City):
    agreement = make_agreement(city, without="host")
    for party, by, code in (("host", "host", "not_yours"), ("unit", "city", "named_already")):
        with pytest.raises(Refused) as refused:
            name_as(city, agreement, party, by)
        assert code_in(refused) == code
    content = copy.deepcopy(agreement.content)
    content["parties"][3]["desk"] = f"host@organization:{city.host.pk}"
    assert is_to_be_named(Agreement(content=content), (), naming(city)).code == "signs_already"
    assert is_to_be_named(agreement, (), naming(city)) is None


def naming(city: City) -> Decision:
    said = {"party": "host", "desk": f"host@organization:{city.host.pk}", "name": city.host.name}
    return Decision("name_party", city.by("city"), city.at, details=said)


def test_who_draws_it_up_learns_at_which_desks_nobody_sits(city: City):
    agreement = make_agreement(city)
    Post.objects.filter(user=city.officers["host"]).delete()
    shown = {name: standing(agreement, city.by(name), signing_at(city)).deserted for name in ("city", "unit")}
    assert shown == {"city": [desk_of_party(agreement, "host")], "unit": ()}
