"""How an agreement comes about: drafted with the facts of the case, signed by all, void when its words change."""

import copy
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from apps.appointments import services
from apps.appointments.models import Agreement, Appointment, Signatory, Signature
from apps.appointments.selectors import in_full
from apps.appointments.states import AgreementState, SignatureWord
from apps.core import audit, files
from apps.core.refusals import Refused
from apps.core.uploads import Accepted
from apps.directory.models import Post
from apps.directory.services import substitute
from apps.directory.states import Role
from apps.notices.models import Document, Message
from tests.appointments.conftest import told, waiting
from tests.factories import (
    PDF,
    City,
    actor,
    give_post,
    make_issued_notice,
    make_officer,
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
)
from tests.refusals import code_in
from workflows import steps

SCAN = Accepted(PDF, "pdf", "盖章页.pdf")


def test_who_is_on_the_issued_list_gets_an_agreement_of_all_parties_with_the_facts_of_his_case(city: City):
    agreement = make_agreement(city, AgreementState.DRAFTED)
    assert agreement.state == AgreementState.DRAFTED
    assert [party["party"] for party in agreement.content["parties"]] == list(PARTIES)
    assert [party["name"] for party in agreement.content["parties"]] == [
        "晋中市科技行政主管部门", "石测试", "太谷测试合作社", "晋中测试大学", "太谷区科技行政主管部门",
    ]  # fmt: skip
    body = agreement.content["body"]
    assert body[0].startswith("根据《晋中市科技特派员工作规范（试行）》，经石测试与太谷测试合作社协商一致，")
    assert body[2] == "自2026年1月1日至2026年12月31日。"
    assert body[4:6] == ["服务产业：苹果和梨。", "每月到园两次，指导整形修剪。"]
    assert agreement.remaining == 5
    assert waiting(agreement) == ["city"]
    assert told(city, "city") == "石测试的晋中市科技特派员选派协议已拟稿，请核对文本后送签。"


def test_drafting_again_drafts_nothing(city: City):
    agreement = make_agreement(city, AgreementState.DRAFTED)
    appointment = Appointment.objects.get()
    assert services.draft_agreements(appointments=[appointment.pk], at=city.at) == []
    assert Agreement.objects.get() == agreement


def test_a_policy_without_agreements_gets_none(scene):
    make_issued_notice(scene)
    assert not Agreement.objects.exists()


def test_a_draft_is_seen_by_who_draws_it_up_alone_until_it_is_sent_out(city: City):
    agreement = make_agreement(city, AgreementState.DRAFTED)
    seen = {name: in_full(city.by(name), agreement.pk, city.at) is not None for name in (*PARTIES, "issuer")}
    assert seen == {**dict.fromkeys(PARTIES, False), "city": True, "issuer": False}


def test_what_is_sent_out_is_seen_by_its_parties_and_nobody_else(city: City):
    agreement = make_agreement(city)
    at = signing_at(city)
    assert all(in_full(city.by(name), agreement.pk, at) for name in PARTIES)
    others = [city.by("issuer"), actor(city.stranger), actor(make_officer(Role.AUDITOR, city.region))]
    assert [in_full(other, agreement.pk, at) for other in others] == [None, None, None]
    assert sorted(waiting(agreement)) == sorted(PARTIES)
    assert told(city, "host") == "石测试的晋中市科技特派员选派协议已送签，请阅读全文后签署。"


def test_it_is_signed_once_every_party_has_signed_in_any_order(city: City):
    agreement = make_agreement(city)
    for number, party in enumerate(reversed(PARTIES), 1):
        assert sign_as(city, agreement, party).remaining == 5 - number
    assert again(agreement).state == AgreementState.SIGNED
    assert waiting(agreement) == []
    run_effects(signing_at(city))
    signed = again(agreement)
    assert signed.document.number == "晋中科特协〔2026〕1号"
    assert files.read(signed.document.pdf, "pdf").startswith(b"%PDF")
    assert [line["by"] for line in signed.document.content["signatures"]] == [
        f"{actor(city.officers[name]).name}（{Post.objects.get(user=city.officers[name]).title}）"
        if name != "person" else "石测试"
        for name in PARTIES
    ]  # fmt: skip
    assert signed.document.content["text_digest"] == agreement.digest()
    for party in PARTIES:
        assert told(city, party) == (
            "石测试的晋中市科技特派员选派协议各方均已签署，编号晋中科特协〔2026〕1号。签署本制作完成后可下载。"
        )
    assert audit.verify().faults == ()


def test_the_copy_is_numbered_once(city: City):
    signed = make_agreement(city, AgreementState.SIGNED)
    services.file_copy(agreement=signed.pk, at=signing_at(city))
    assert Document.objects.filter(kind="agreement").count() == 1


@pytest.mark.parametrize("by", ["stranger", "host", "county", "issuer", "person"])
def test_nobody_signs_for_a_party_at_whose_desk_he_does_not_sit(city: City, by: str):
    agreement = make_agreement(city)
    officer = actor(city.stranger) if by == "stranger" else city.by(by)
    with pytest.raises(Refused) as refused:
        services.sign(
            agreement=agreement, party=desk_of_party(agreement, "unit"), digest=agreement.digest(), by=officer,
            at=signing_at(city),
        )  # fmt: skip
    assert code_in(refused) == ("not_yours" if by in ("stranger", "issuer") else "not_a_party")
    assert again(agreement).remaining == 5


def test_nobody_signs_for_an_office_in_an_agreement_on_himself(city: City):
    agreement = make_agreement(city)
    give_post(city.applicant, Role.DISPATCHING_UNIT, city.unit)
    with pytest.raises(Refused) as refused:
        sign_as(city, agreement, "unit", by="person")
    assert code_in(refused) == "not_a_party"
    assert sign_as(city, agreement, "person").remaining == 4


def test_a_substitute_signs_acting_for_whom_he_stands_in(city: City):
    agreement = make_agreement(city)
    at, colleague = signing_at(city), make_officer(Role.SCI_TECH_AUTHORITY, city.region)
    post = Post.objects.get(user=city.officers["county"])
    substitute(
        post=post, substitute=colleague, starts=at.date(), ends=at.date(), reason="出差", by=city.by("county"), at=at
    )
    services.sign(
        agreement=agreement, party=desk_of_party(agreement, "county"), digest=agreement.digest(),
        by=actor(colleague), at=at,
    )  # fmt: skip
    signature = Signature.objects.get()
    assert (signature.by, signature.acting_for) == (colleague.display_name, city.officers["county"].display_name)


def test_a_party_signs_once(city: City):
    agreement = make_agreement(city)
    sign_as(city, agreement, "host")
    with pytest.raises(Refused) as refused:
        sign_as(city, agreement, "host")
    assert code_in(refused) == "signed_already"
    assert again(agreement).remaining == 4


def test_a_signature_is_bound_to_the_text_that_was_read(city: City):
    agreement = make_agreement(city)
    with pytest.raises(Refused) as refused:
        services.sign(
            agreement=agreement, party=desk_of_party(agreement, "host"), digest="0" * 64, by=city.by("host"),
            at=signing_at(city),
        )  # fmt: skip
    assert code_in(refused) == "text_changed"


def test_where_there_is_an_order_it_is_kept_and_the_paper_goes_on(city: City):
    agreement = make_agreement(city, in_order=True)
    with pytest.raises(Refused) as refused:
        sign_as(city, agreement, "person")
    assert refused.value.refusals[0].reason == "须依次签署，现由晋中市科技行政主管部门签署。"
    for party in PARTIES:
        assert waiting(agreement) == [party]
        sign_as(city, agreement, party)
    assert again(agreement).state == AgreementState.SIGNED


def test_a_change_of_the_words_voids_all_signatures_and_tells_every_party(city: City):
    agreement = make_agreement(city)
    sign_as(city, agreement, "host")
    sign_as(city, agreement, "unit")
    changed = revise_as(city, agreement)
    run_effects(signing_at(city))
    assert (changed.state, changed.remaining) == (AgreementState.DRAFTED, 5)
    assert [signature.void for signature in Signature.objects.all()] == [signing_at(city)] * 2
    assert changed.digest() != agreement.digest()
    assert waiting(agreement) == ["city"]
    for party in ("person", "host", "unit", "county"):
        assert told(city, party) == (
            f"石测试的晋中市科技特派员选派协议的文本已由{city.by('city').name}修改，此前的签署全部作废，"
            "修改后将重新送签。理由：补充条款"
        )
    assert in_full(city.by("host"), agreement.pk, signing_at(city)) is not None
    services.send_out(seen={agreement.pk: changed.version}, by=city.by("city"), at=signing_at(city))
    assert sorted(waiting(agreement)) == sorted(PARTIES)
    for party in PARTIES:
        sign_as(city, agreement, party)
    assert again(agreement).state == AgreementState.SIGNED
    assert audit.verify().faults == ()


def test_words_that_stay_as_they_were_void_nothing(city: City):
    agreement = make_agreement(city)
    sign_as(city, agreement, "host")
    with pytest.raises(Refused) as refused:
        revise_as(city, agreement, body=agreement.content["body"])
    assert code_in(refused) == "nothing_changed"
    assert Signature.objects.get().void is None


@pytest.mark.parametrize("by", ["person", "host", "unit", "county", "issuer"])
def test_only_who_draws_it_up_changes_sends_out_or_voids_it(city: City, by: str):
    agreement = make_agreement(city)
    act = {"agreement": agreement, "by": city.by(by), "at": signing_at(city), "opinion": "理由"}
    for refused_act in (lambda: services.void(**act), lambda: services.revise(title="新", body=["新"], **act)):
        with pytest.raises(Refused) as refused:
            refused_act()
        assert code_in(refused) == "not_yours"
    drafted = revise_as(city, agreement)
    (outcome,) = services.send_out(seen={drafted.pk: drafted.version}, by=city.by(by), at=signing_at(city))
    assert outcome.refusals[0].code == "not_yours"


def test_a_party_refuses_with_a_reason_and_may_still_sign(city: City):
    agreement = make_agreement(city)
    act = {"party": desk_of_party(agreement, "host"), "digest": agreement.digest(), "by": city.by("host")}
    with pytest.raises(Refused) as refused:
        services.refuse(agreement=agreement, at=signing_at(city), opinion=" ", **act)
    assert code_in(refused) == "no_reason"
    services.refuse(agreement=agreement, at=signing_at(city), opinion="任务不明确。", **act)
    run_effects(signing_at(city))
    assert sorted(waiting(agreement)) == ["city", "county", "person", "unit"]
    assert told(city, "city").startswith(
        f"石测试的晋中市科技特派员选派协议被拒签。{city.by('host').name}说明：任务不明确。"
    )
    for party in ("city", "person", "unit", "county"):
        sign_as(city, agreement, party)
    assert again(agreement).state == AgreementState.SIGNING
    assert waiting(agreement) == ["city"]
    sign_as(city, agreement, "host")
    assert again(agreement).state == AgreementState.SIGNED
    words = Signature.objects.filter(signatory__party="host").order_by("pk").values_list("word", "void")
    assert list(words) == [(SignatureWord.REFUSED, signing_at(city)), (SignatureWord.SIGNED, None)]


def test_a_stamped_scan_counts_as_a_signature_by_whom_it_was_filed(city: City):
    agreement = make_agreement(city)
    sign_as(city, agreement, "host", by="city", scan=SCAN)
    sign_as(city, agreement, "unit", scan=SCAN)
    host, unit = Signature.objects.order_by("pk")
    assert (host.by, unit.by) == (city.by("city").name, city.by("unit").name)
    assert files.read(host.scan["digest"], "pdf") == PDF
    with pytest.raises(Refused) as refused:
        sign_as(city, agreement, "county", by="host", scan=SCAN)
    assert code_in(refused) == "not_a_party"
    with pytest.raises(Refused) as refused:
        sign_as(city, agreement, "county", by="city")
    assert code_in(refused) == "not_a_party"
    assert again(agreement).remaining == 3


def test_what_all_have_signed_is_neither_changed_nor_given_up(city: City):
    signed = make_agreement(city, AgreementState.SIGNED)
    with pytest.raises(Refused) as refused:
        revise_as(city, signed)
    assert code_in(refused) == "wrong_state"
    with pytest.raises(Refused) as refused:
        services.void(agreement=signed, by=city.by("city"), at=signing_at(city), opinion="理由")
    assert code_in(refused) == "wrong_state"


def test_the_database_keeps_one_live_agreement_one_word_of_a_party_and_no_signed_one_without_signatures(city: City):
    agreement = make_agreement(city)
    sign_as(city, agreement, "host")
    said = Signature.objects.get()
    rivals = [
        lambda: Agreement.objects.bulk_create([_like(agreement)]),
        lambda: Signature.objects.bulk_create([_like(said)]),
        lambda: Signatory.objects.bulk_create([_like(said.signatory)]),
        lambda: Agreement.objects.filter(pk=agreement.pk).update(remaining=0),
    ]
    for rival in rivals:
        with pytest.raises(IntegrityError), transaction.atomic():
            rival()


def _like(row: Model) -> Model:
    """Return a second row with the same values."""
    twin = copy.copy(row)
    twin.pk = None
    return twin


def test_who_does_not_sign_is_reminded_and_in_the_end_the_level_above(city: City):
    agreement = make_agreement(city)
    sign_as(city, agreement, "unit")
    at = signing_at(city)
    reminded = {days: steps.remind_of_overdue(at + timedelta(days=days)) for days in (6, 7, 8, 14)}
    assert reminded == {6: 0, 7: 4, 8: 0, 14: 8}
    assert told(city, "person") == f"{city.season}：您有1件待办已满7天未办，请尽快办理。"
    lately = Message.objects.filter(user=city.officers["county"], key__startswith="overdue").latest("pk")
    assert (lately.text, lately.link) == (
        f"{city.season}：太谷测试合作社有1件待办已满14天未办，经提醒仍未办理。请督促。",
        f"/agreements/?season={city.season.pk}",
    )


def test_any_number_of_parties_signs(city: City):
    agreement = make_agreement(city, AgreementState.DRAFTED, parties="unit, person")
    assert agreement.desk == desk_of_party(agreement, "unit")
    services.send_out(seen={agreement.pk: agreement.version}, by=city.by("unit"), at=signing_at(city))
    sign_as(city, agreement, "person")
    assert sign_as(city, agreement, "unit").state == AgreementState.SIGNED
