"""What is written and handed in: kept as it was typed, judged when it is handed in."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.applications import services
from apps.applications.models import Application
from apps.core import audit, uploads
from apps.core.models import LogEntry
from apps.core.refusals import Refused
from apps.desks.models import Paper
from apps.desks.states import WRITING, DeskState
from apps.directory.models import User
from apps.directory.states import UnitLevel
from apps.policies.schema import Attachment
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of
from apps.writing import services as writing
from apps.writing.models import Submission
from tests.factories import (
    PDF,
    REACHED,
    Scene,
    actor,
    filled,
    fresh,
    make_applicant,
    make_application,
    make_draft,
    make_unit,
    user_of,
)
from tests.factories.files import image
from tests.factories.scene import SHANGHAI
from tests.refusals import code_in, outcome_of

pytestmark = pytest.mark.django_db

TOKEN = "t" * 32
FIRST_DAY, LAST_DAY = datetime(2026, 6, 1, tzinfo=SHANGHAI), datetime(2026, 7, 15, tzinfo=SHANGHAI)
ALMOST_A_DAY = timedelta(hours=23, minutes=59)


def start(scene: Scene, user: User) -> Application:
    return services.start(season=scene.season, person=user.person, by=actor(user), at=scene.at)


def save(application: Application, **typed: Any) -> Application:
    changes = {name.replace("__", "."): value for name, value in typed.items()}
    row = fresh(application)
    at = row.submitted or LogEntry.objects.get(kind="application", record=row.pk, n=1).at
    return writing.save(record=row, typed=changes, by=actor(user_of(row)), at=at)


def submit(application: Application, at: datetime, **changed: Any) -> Application:
    """Hand in as seen by the page, at the version the page was opened on."""
    return writing.submit(record=application, by=actor(user_of(application)), at=at, **changed)


def wanted(season: Season, key: str = "diploma") -> Attachment:
    form = pack_of(season).processes.application.form
    return next(each for step in form for each in step.attachments if each.id == key)


def attach(application: Application, name: str, data: bytes, scene: Scene, by: User | None = None) -> Application:
    asked = wanted(scene.season)
    accepted = uploads.accept(name, io.BytesIO(data), asked.kinds, asked.at_most_megabytes)
    writer = actor(by or user_of(application))
    return writing.attach(record=application, wanted=asked, accepted=accepted, by=writer, at=scene.at)


def picture(shade: int) -> bytes:
    return image("PNG", (8 + shade, 8))


def close_season(scene: Scene) -> None:
    seasons.close(season=Season.objects.get(pk=scene.season.pk), by=scene.office, at=scene.at)


class TestSave:
    def test_what_is_typed_is_kept_right_or_wrong(self, scene: Scene):
        draft = start(scene, scene.applicant)
        saved = save(draft, person__birth_date="不记得", application__industries=["tea", "gold"])
        assert fresh(saved).content["person.birth_date"] == "不记得"
        assert fresh(saved).content["application.industries"] == ["tea", "gold"]
        assert fresh(saved).content["person.name"] == "韦测试"

    def test_nothing_but_the_forms_own_facts_is_kept(self, scene: Scene):
        saved = save(start(scene, scene.applicant), state="passed", person__age="99", unit__level="central")
        assert {"state", "person.age", "unit.level"} & set(fresh(saved).content) == set()
        assert fresh(saved).state == DeskState.DRAFT

    def test_county_and_unit_follow_what_names_them(self, scene: Scene):
        unit = make_unit(scene.cities[0])
        draft = start(scene, scene.applicant)
        saved = save(draft, application__county=scene.counties[2].pk, person__unit=str(unit.pk))
        assert (fresh(saved).county, fresh(saved).unit) == (scene.counties[2], unit)

    @pytest.mark.parametrize("code", ["450999", "4501", "45", "450126100", "'; DROP TABLE", "", "9" * 40, "宾阳县"])
    def test_an_unknown_county_leaves_none(self, scene: Scene, code: str):
        saved = fresh(save(make_draft(scene), application__county=code))
        assert (saved.county, saved.content["application.county"]) == (None, code)

    @pytest.mark.parametrize("key", ["0", "999999", "9" * 40, "-1", "1.5", "广西测试大学", ""])
    def test_an_unknown_unit_leaves_none(self, scene: Scene, key: str):
        assert fresh(save(make_draft(scene), person__unit=key)).unit is None

    def test_a_character_that_no_database_keeps_is_left_out(self, scene: Scene):
        saved = save(make_draft(scene), application__plan="每月\0两次", application__industries=["te\0a"])
        content = fresh(saved).content
        assert (content["application.plan"], content["application.industries"]) == ("每月两次", ["tea"])

    def test_more_than_a_form_can_hold_is_refused_and_what_was_there_stays(self, scene: Scene):
        draft = make_draft(scene)
        before = fresh(draft).content
        with pytest.raises(Refused) as refused:
            save(draft, application__plan="字" * (writing.MOST_TYPED + 1))
        assert (code_in(refused), fresh(draft).content) == ("too_long", before)

    @pytest.mark.parametrize("state", [state for state in REACHED if state not in WRITING])
    def test_what_is_handed_in_is_read_only(self, scene: Scene, state: str):
        application = make_application(scene, state)
        before = fresh(application).content
        with pytest.raises(Refused) as refused:
            save(application, application__plan="别的计划")
        assert (code_in(refused), fresh(application).content) == ("read_only", before)

    def test_nobody_writes_in_anothers_application(self, scene: Scene):
        draft = make_draft(scene)
        for stranger in (scene.applicant, scene.officers.unit, scene.officers.region):
            with pytest.raises(Refused) as refused:
                writing.save(record=draft, typed={"person.name": "别人"}, by=actor(stranger), at=scene.at)
            assert code_in(refused) == "read_only"
        assert fresh(draft).content["person.name"] != "别人"

    def test_after_the_window_a_draft_is_read_only_and_a_returned_one_is_not(self, scene: Scene):
        draft, returned = make_draft(scene), make_application(scene, DeskState.RETURNED)
        late = LAST_DAY + timedelta(days=1)
        with pytest.raises(Refused) as refused:
            writing.save(record=draft, typed={"person.name": "迟"}, by=actor(user_of(draft)), at=late)
        assert code_in(refused) == "window_closed"
        writing.save(record=returned, typed={"person.name": "迟"}, by=actor(user_of(returned)), at=late)
        assert fresh(returned).content["person.name"] == "迟"


class TestAttach:
    def test_a_document_is_kept_under_its_digest_with_the_name_its_owner_gave(self, scene: Scene):
        draft = attach(start(scene, scene.applicant), "学历证书.png", picture(0), scene)
        (entry,) = fresh(draft).files["diploma"]
        assert (entry["name"], entry["suffix"], len(entry["digest"])) == ("学历证书.png", "png", 64)

    def test_the_same_document_twice_is_one(self, scene: Scene):
        draft = start(scene, scene.applicant)
        attach(attach(draft, "甲.png", picture(0), scene), "乙.png", picture(0), scene)
        assert [entry["name"] for entry in fresh(draft).files["diploma"]] == ["甲.png"]

    def test_as_many_as_the_pack_allows_and_no_more(self, scene: Scene):
        draft = start(scene, scene.applicant)
        for number in range(3):
            attach(draft, f"证书{number}.png", picture(number), scene)
        with pytest.raises(Refused) as refused:
            attach(draft, "证书3.png", picture(3), scene)
        assert (code_in(refused), len(fresh(draft).files["diploma"])) == ("too_many_files", 3)

    def test_a_document_can_be_taken_off_again(self, scene: Scene):
        draft = attach(start(scene, scene.applicant), "甲.png", picture(0), scene)
        attach(draft, "乙.pdf", PDF, scene)
        first = fresh(draft).files["diploma"][0]["digest"]
        by = actor(scene.applicant)
        writing.detach(record=draft, wanted="diploma", digest=first, by=by, at=scene.at)
        writing.detach(record=draft, wanted="unknown", digest="0" * 64, by=by, at=scene.at)
        assert [entry["name"] for entry in fresh(draft).files["diploma"]] == ["乙.pdf"]

    def test_nobody_changes_the_documents_of_what_is_handed_in_or_anothers(self, scene: Scene):
        handed_in, draft = make_application(scene, DeskState.AWAITING_CONSENT), make_draft(scene)
        (entry,) = draft.files["diploma"]
        with pytest.raises(Refused) as refused:
            attach(handed_in, "乙.pdf", PDF, scene)
        assert code_in(refused) == "read_only"
        with pytest.raises(Refused) as refused:
            attach(draft, "乙.pdf", PDF, scene, by=scene.applicant)
        assert code_in(refused) == "read_only"
        with pytest.raises(Refused) as refused:
            writing.detach(record=draft, wanted="diploma", digest=entry["digest"], by=scene.office, at=scene.at)
        assert code_in(refused) == "read_only"


SHORTFALLS = [
    ("ineligible:adult", {"person__birth_date": "2010-01-01"}, ""),
    ("ineligible:in_service", {"person__in_service": "no"}, ""),
    (
        "ineligible:qualification",
        {"person__education": "高中及以下", "person__title": "无职称", "person__years_of_service": "4"},
        "",
    ),
    ("ineligible:county_team", {"application__joins_county_team": "no"}, "三（三）"),
    ("ineligible:declaration", {"application__declaration": "no"}, ""),
    ("incomplete", {"application__plan": ""}, ""),
    ("incomplete", {"person__birth_date": "昨天"}, ""),
    ("incomplete", {"person__education": "院士"}, ""),
    ("incomplete", {"application__county": "450999"}, ""),
    ("incomplete", {"person__unit": "999999"}, ""),
]


class TestSubmit:
    @pytest.mark.parametrize(("code", "typed", "clause"), SHORTFALLS)
    def test_who_falls_short_is_told_why_with_the_clause_and_loses_nothing(
        self, scene: Scene, code: str, typed: dict[str, str], clause: str
    ):
        draft = save(make_draft(scene), **typed)
        before = fresh(draft).content
        with pytest.raises(Refused) as refused:
            submit(fresh(draft), scene.at)
        (refusal,) = refused.value.refusals
        assert (refusal.code, bool(refusal.reason), bool(refusal.remedy)) == (code, True, True)
        if code.startswith("ineligible"):
            assert refusal.basis is not None
            assert refusal.basis.ref == clause
            assert bool(refusal.basis.question) != bool(clause)
        assert (fresh(draft).content, fresh(draft).state) == (before, DeskState.DRAFT)
        assert Submission.objects.count() == 0

    def test_a_countys_unit_sends_nobody_elsewhere(self, scene: Scene):
        unit = make_unit(scene.counties[1], level=UnitLevel.COUNTY)
        draft = make_draft(scene, make_applicant(unit), county=scene.county)
        with pytest.raises(Refused) as refused:
            submit(fresh(draft), scene.at)
        assert code_in(refused) == "ineligible:own_county"
        save(draft, application__county=scene.counties[1].pk)
        assert submit(fresh(draft), scene.at).state == DeskState.AWAITING_CONSENT

    def test_a_required_document_must_be_there(self, scene: Scene):
        draft = start(scene, scene.applicant)
        typed = filled(scene.county, scene.unit)
        writing.save(record=draft, typed=typed, by=actor(scene.applicant), at=scene.at)
        with pytest.raises(Refused) as refused:
            submit(fresh(draft), scene.at)
        assert refused.value.refusals[0].reason == "缺少附件“学历或职称证书”。"

    @pytest.mark.parametrize(
        ("code", "at"),
        [
            ("window_not_open", FIRST_DAY - timedelta(seconds=1)),
            ("done", FIRST_DAY),
            ("done", LAST_DAY + ALMOST_A_DAY),
            ("window_closed", LAST_DAY + timedelta(days=1)),
        ],
    )
    def test_the_window_is_open_from_its_first_to_its_last_day(self, scene: Scene, code: str, at: datetime):
        draft = make_draft(scene)
        assert outcome_of(lambda: submit(fresh(draft), at)) == code
        assert fresh(draft).state == (DeskState.AWAITING_CONSENT if code == "done" else DeskState.DRAFT)

    def test_what_was_returned_may_be_corrected_after_the_window(self, scene: Scene):
        returned = make_application(scene, DeskState.RETURNED)
        assert submit(fresh(returned), LAST_DAY + timedelta(days=9)).state == DeskState.AWAITING_CONSENT

    @pytest.mark.parametrize("state", [DeskState.DRAFT, DeskState.RETURNED])
    def test_a_closed_season_takes_nothing_more(self, scene: Scene, state: str):
        application = make_application(scene, state)
        close_season(scene)
        with pytest.raises(Refused) as refused:
            submit(fresh(application), scene.at)
        assert (code_in(refused), fresh(application).state) == ("season_closed", state)

    def test_what_was_said_is_kept_each_time_it_is_handed_in(self, scene: Scene):
        returned = make_application(scene, DeskState.RETURNED)
        save(returned, application__plan="每月到村三次。")
        submit(fresh(returned), scene.at + timedelta(days=1))
        first, second = Submission.objects.filter(record=returned.pk)
        assert (first.n, first.content["application.plan"]) == (1, "每月到村两次，指导柑橘黄龙病防控。")
        assert (second.n, second.content["application.plan"]) == (2, "每月到村三次。")
        assert second.at == scene.at + timedelta(days=1)
        assert audit.verify().faults == ()

    def test_a_form_sent_twice_is_handed_in_once(self, scene: Scene):
        draft = make_draft(scene)
        pages = [fresh(draft), fresh(draft)]
        rows = [submit(page, scene.at + timedelta(seconds=n), token=TOKEN) for n, page in enumerate(pages)]
        assert [row.state for row in rows] == [DeskState.AWAITING_CONSENT] * 2
        assert Submission.objects.count() == 1
        assert Paper.objects.filter(record=draft.pk).count() == 2
        assert LogEntry.objects.filter(kind="application", action="submit").count() == 1

    def test_a_second_click_on_another_page_hears_that_it_is_done(self, scene: Scene):
        draft = make_draft(scene)
        stale = fresh(draft)
        submit(fresh(draft), scene.at, token=TOKEN)
        with pytest.raises(Refused) as refused:
            submit(stale, scene.at, token="u" * 32)
        assert code_in(refused) == "overtaken"

    def test_nobody_hands_in_for_another(self, scene: Scene):
        draft = make_draft(scene)
        with pytest.raises(Refused) as refused:
            writing.submit(record=fresh(draft), by=actor(scene.officers.unit), at=scene.at)
        assert code_in(refused) == "not_yours"

    def test_the_receipt_carries_season_and_record(self, scene: Scene):
        application = make_application(scene, DeskState.AWAITING_CONSENT)
        assert application.number == f"SQ{scene.season.pk:04d}{application.pk:08d}"


def test_more_than_a_page_holds_is_refused_with_the_longest_entry_named(scene: Scene) -> None:
    draft = make_draft(scene)
    typed = {"application.plan": "短", "application.experience": "长" * 20_000}
    with pytest.raises(Refused) as refused:
        writing.save(record=draft, typed=typed, by=actor(user_of(draft)), at=scene.at)
    (said,) = refused.value.refusals
    assert (said.code, "“科技服务经历”有20000字" in said.reason) == ("too_long", True)
