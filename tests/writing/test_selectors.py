"""How a record looks on paper: in words, with its documents, and what a correction changed."""

import pytest

from apps.applications.models import Application
from apps.desks.states import DeskState
from apps.writing import selectors
from apps.writing import services as writing
from tests.factories import (
    Scene,
    actor,
    fresh,
    make_application,
    make_draft,
    user_of,
)
from tests.factories.applications import submit

pytestmark = pytest.mark.django_db


class TestPaper:
    def correct(self, application: Application, scene: Scene, **typed: object) -> Application:
        changes = {name.replace("__", "."): value for name, value in typed.items()}
        by = actor(user_of(application))
        writing.save(record=fresh(application), typed=changes, by=by, at=scene.at)
        return submit(application, scene.at)

    def test_the_form_is_shown_in_words(self, scene: Scene):
        pages = dict(selectors.shown(make_draft(scene)))
        assert [entry.value for entry in pages["服务意向"]][:3] == ["新派", "宾阳县", "柑橘、茶叶"]
        assert [entry.value for entry in pages["基本信息"]][2:] == ["1985年3月21日", "广西测试大学", "是"]

    def test_what_cannot_be_read_is_shown_as_it_was_typed(self, scene: Scene):
        draft = make_draft(scene)
        by = actor(user_of(draft))
        writing.save(record=draft, typed={"person.birth_date": "不记得"}, by=by, at=scene.at)
        entries = {entry.key: entry.value for _, page in selectors.shown(fresh(draft)) for entry in page}
        assert entries["person.birth_date"] == "不记得"

    def test_a_first_submission_has_changed_nothing(self, scene: Scene):
        assert selectors.changes(make_application(scene, DeskState.AWAITING_CONSENT)) == []

    def test_a_correction_shows_old_and_new_in_words(self, scene: Scene):
        again = self.correct(
            make_application(scene, DeskState.RETURNED),
            scene,
            application__county=scene.counties[1].pk,
            application__industries=["tea"],
        )
        plan = "每月到村两次，指导柑橘黄龙病防控。"
        assert [(change.label, change.old, change.new) for change in selectors.changes(again)] == [
            ("服务县（市、区）", "宾阳县", "隆安县"),
            ("服务产业", "柑橘、茶叶", "茶叶"),
            ("服务计划", plan, plan),
        ]
        assert [change.label for change in selectors.changes(again) if change.is_left] == ["服务计划"]

    def test_an_office_reads_what_was_handed_in_while_it_is_corrected(self, scene: Scene):
        returned = make_application(scene, DeskState.RETURNED)
        by = actor(user_of(returned))
        writing.save(record=returned, typed={"application.plan": "改到一半"}, by=by, at=scene.at)
        read = {
            user: selectors.handed_in(fresh(returned), actor(user), scene.at).content["application.plan"]
            for user in (scene.officers.unit, user_of(returned))
        }
        assert read == {
            scene.officers.unit: "每月到村两次，指导柑橘黄龙病防控。",
            user_of(returned): "改到一半",
        }

    def test_documents_are_found_by_their_digest_even_when_taken_off_later(self, scene: Scene):
        returned = make_application(scene, DeskState.RETURNED)
        (document,) = selectors.documents(returned)
        assert (document.wanted, document.name, document.suffix) == ("diploma", "学历证书.jpg", "jpg")
        writing.detach(
            record=returned, wanted="diploma", digest=document.digest, by=actor(user_of(returned)), at=scene.at
        )
        assert selectors.documents(fresh(returned)) == []
        assert selectors.file_of(fresh(returned), document.digest) == document
        assert selectors.file_of(fresh(returned), "0" * 64) is None
