"""Whoever changes a record or its log past the door is found out, and the record is named."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.applications.models import Application
from apps.core import audit, triggers
from apps.core.models import LogEntry
from apps.desks.models import Paper
from apps.desks.states import DeskState
from tests.factories import Scene, make_application

pytestmark = pytest.mark.django_db

ROW = "core_logentry"
RECORD = "applications_application"
LAST = "n = (SELECT max(n) FROM core_logentry WHERE kind = 'application' AND record = %(pk)s)"
OF_RECORD = "kind = 'application' AND record = %(pk)s"


def sql(statement: str, **values: Any) -> None:
    """Change the database as somebody with a password to it would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def unguarded(statement: str, **values: Any) -> None:
    """Change the log after taking its triggers away, and put them back so as to leave no trace."""
    triggers.remove()
    sql(statement, **values)
    triggers.install()


def faults() -> Sequence[str]:
    return [str(fault) for fault in audit.verify().faults]


@pytest.fixture
def applications(scene: Scene) -> list[Application]:
    """Return three applications; the tests lay hands on the second."""
    return [make_application(scene, DeskState.AWAITING_FINALISATION) for _ in range(3)]


@pytest.fixture
def victim(applications: list[Application]) -> Application:
    return applications[1]


def test_what_went_through_the_door_is_verified(applications: list[Application]):
    report = audit.verify()
    rows = LogEntry.objects.count()
    assert (report.verified, report.rows, report.records) == (True, rows, 4)


TAMPERINGS: dict[str, tuple[Callable[..., None], str, str]] = {
    "a state set to passed": (
        sql,
        f"UPDATE {RECORD} SET state = 'passed' WHERE id = %(pk)s",
        "状态为“passed”，日志末条为“awaiting_finalisation”",
    ),
    "a version set back": (
        sql,
        f"UPDATE {RECORD} SET version = version - 1 WHERE id = %(pk)s",
        "版本为6，日志末条为7",
    ),
    "the text of a record": (
        sql,
        f"UPDATE {RECORD} SET content = '{{}}' WHERE id = %(pk)s",
        "记录内容与最近一次办理时不同",
    ),
    "the unit of a record": (
        sql,
        f"UPDATE {RECORD} SET unit_id = NULL WHERE id = %(pk)s",
        "记录内容与最近一次办理时不同",
    ),
    "the opinion of a row": (
        unguarded,
        f"UPDATE {ROW} SET opinion = '不同意' WHERE {OF_RECORD} AND n = 3",
        "日志第3条内容被改动",
    ),
    "the moment of a row": (
        unguarded,
        f"UPDATE {ROW} SET at = '2026-01-01 00:00:00+00' WHERE {OF_RECORD} AND n = 3",
        "日志第3条内容被改动",
    ),
    "who acted in the last row": (
        unguarded,
        f"UPDATE {ROW} SET actor = '别人' WHERE {OF_RECORD} AND {LAST}",
        "日志第7条内容被改动",
    ),
    "the digest of a row": (
        unguarded,
        f"UPDATE {ROW} SET digest = 'x' WHERE {OF_RECORD} AND n = 3",
        "日志第3条内容被改动",
    ),
    "the first row deleted": (unguarded, f"DELETE FROM {ROW} WHERE {OF_RECORD} AND n = 1", "日志第1条缺失"),
    "a row in the middle deleted": (unguarded, f"DELETE FROM {ROW} WHERE {OF_RECORD} AND n = 4", "日志第4条缺失"),
    "the last row deleted": (
        unguarded,
        f"DELETE FROM {ROW} WHERE {OF_RECORD} AND {LAST}",
        "记录应有7条日志，实有6条",
    ),
    "the whole log deleted": (
        unguarded,
        f"DELETE FROM {ROW} WHERE {OF_RECORD}",
        "记录没有日志，系绕过系统写入，或其日志已被删除",
    ),
    "a row inserted at the end": (
        sql,
        f"INSERT INTO {ROW} (kind, record, n, action, from_state, to_state, version, at, actor, post, acting_for, "
        "opinion, ground, clause, details, subject_digest, token, previous, digest) "
        "SELECT kind, record, n + 1, 'pass_up', to_state, 'passed', version + 1, at, actor, post, acting_for, "
        f"opinion, ground, clause, details, subject_digest, token, digest, 'forged' FROM {ROW} "
        f"WHERE {OF_RECORD} AND {LAST}",
        "日志第8条内容被改动",
    ),
    "rows renumbered": (
        unguarded,
        f"UPDATE {ROW} SET n = n + 100 WHERE {OF_RECORD} AND n > 3",
        "日志第4条缺失",
    ),
}


@pytest.mark.parametrize(("by", "statement", "said"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_each_way_of_tampering_names_the_record(
    victim: Application, by: Callable[..., None], statement: str, said: str
):
    by(statement, pk=victim.pk)
    assert faults()[:1] == [f"申请 application:{victim.pk}：{said}"]
    assert {fault.partition("：")[0] for fault in faults()} == {f"申请 application:{victim.pk}"}


def test_a_log_cut_together_with_its_count_still_shows(victim: Application):
    unguarded(f"DELETE FROM {ROW} WHERE {OF_RECORD} AND {LAST}", pk=victim.pk)
    sql(f"UPDATE {RECORD} SET log_count = log_count - 1 WHERE id = %(pk)s", pk=victim.pk)
    assert faults() == [f"申请 application:{victim.pk}：日志末条与记录所存的末条摘要不符"]


def test_rows_of_two_records_exchanged_show(applications: list[Application]):
    one, other = applications[:2]
    unguarded(f"UPDATE {ROW} SET record = 0 WHERE {OF_RECORD}", pk=one.pk)
    unguarded(f"UPDATE {ROW} SET record = {one.pk} WHERE {OF_RECORD}", pk=other.pk)
    unguarded(f"UPDATE {ROW} SET record = {other.pk} WHERE kind = 'application' AND record = 0")
    assert {fault.partition("：")[0] for fault in faults()} == {
        f"申请 application:{one.pk}",
        f"申请 application:{other.pk}",
    }


def test_a_record_inserted_past_the_door_is_named(scene: Scene, victim: Application):
    twin = Application(season=scene.season, person=scene.applicant.person, county=scene.county, unit=scene.unit)
    twin.save()
    assert faults() == [f"申请 application:{twin.pk}：记录没有日志，系绕过系统写入，或其日志已被删除"]


def test_a_record_deleted_while_its_log_stands_is_named(victim: Application):
    sql(f"DELETE FROM {RECORD} WHERE id = %(pk)s", pk=victim.pk)
    assert faults() == [f"申请 application:{victim.pk}：日志尚在，记录已被删除"]


def test_rows_of_a_kind_that_nobody_registered_are_named(scene: Scene):
    unguarded(f"UPDATE {ROW} SET kind = 'ghost' WHERE kind = 'season'")
    assert faults() == [
        f"年度批次 season:{scene.season.pk}：记录没有日志，系绕过系统写入，或其日志已被删除",
        f"ghost:{scene.season.pk}：日志属于未登记的事项种类",
    ]


def test_a_writers_own_text_may_change_without_an_act(scene: Scene):
    draft = make_application(scene)
    sql(f"UPDATE {RECORD} SET content = '{{}}' WHERE id = %(pk)s", pk=draft.pk)
    assert faults() == []


def test_papers_are_no_part_of_the_proof(victim: Application):
    Paper.objects.filter(record=victim.pk).delete()
    assert faults() == []


def test_another_key_verifies_nothing(victim: Application, settings: Any):
    settings.AUDIT_KEY = "another"
    report = audit.verify()
    assert len(report.faults) == report.records


@pytest.mark.parametrize("name", triggers.NAMES[connection.vendor])
def test_a_missing_trigger_is_reported_and_a_new_installation_puts_it_back(scene: Scene, name: str):
    on = f" ON {ROW}" if connection.vendor == "postgresql" else ""
    sql(f"DROP TRIGGER {name}{on}")
    assert faults() == [f"日志触发器：缺少 {name}，请运行 manage.py migrate 恢复"]
    triggers.install()
    triggers.install()
    assert faults() == []


def test_the_command_says_what_it_verified(victim: Application, capsys: pytest.CaptureFixture):
    call_command("audit", "verify")
    rows = LogEntry.objects.count()
    assert capsys.readouterr().out == f"核对通过：4 件记录，{rows} 条日志，逐条相接，无一处不符；尚无封印。\n"


def test_the_command_fails_and_names_the_first_bad_place(victim: Application):
    sql(f"UPDATE {RECORD} SET state = 'passed' WHERE id = %(pk)s", pk=victim.pk)
    with pytest.raises(CommandError, match=rf"核对未通过：1 处不符，首先是\n  申请 application:{victim.pk}："):
        call_command("audit", "verify")
