"""What was sealed cannot go: a record with its log, days of a database, a seal; each loss is named."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import transaction

from apps.applications.models import Application
from apps.core import audit, ciphers, door, log, sealbook, seals
from apps.core.models import LogEntry, Seal
from tests.core.sealing import CUT, HOUR, REASON, act, changes, path_of, refusals, said
from tests.core.test_audit import LAST, OF_RECORD, RECORD, ROW, faults, sql, unguarded
from tests.factories import Scene

pytestmark = pytest.mark.django_db


def delete_with_log(victim: Application) -> None:
    unguarded(f"DELETE FROM {ROW} WHERE {OF_RECORD}", pk=victim.pk)
    sql(f"DELETE FROM {RECORD} WHERE id = %(pk)s", pk=victim.pk)


def take_back_last_act(victim: Application) -> None:
    """Leave the record as it was before its newest act, with a log that fits."""
    unguarded(f"DELETE FROM {ROW} WHERE {OF_RECORD} AND {LAST}", pk=victim.pk)
    row = LogEntry.objects.filter(kind="application", record=victim.pk).latest("n")
    sql(
        f"UPDATE {RECORD} SET state = %(state)s, version = %(version)s, log_count = %(n)s, log_head = %(head)s "
        "WHERE id = %(pk)s",
        state=row.to_state, version=row.version, n=row.n, head=row.digest, pk=victim.pk,
    )  # fmt: skip


def rewrite_with_the_key(victim: Application) -> None:
    """Put other words into an act and chain all rows anew, as who holds the key of the log could."""
    previous = ""
    for row in LogEntry.objects.filter(kind="application", record=victim.pk).order_by("n"):
        row.opinion, row.previous = "改过的意见", previous
        row.digest = previous = log.chain_digest(row)
        unguarded(
            f"UPDATE {ROW} SET opinion = %(opinion)s, previous = %(previous)s, digest = %(digest)s WHERE id = %(pk)s",
            opinion=row.opinion, previous=row.previous, digest=row.digest, pk=row.pk,
        )  # fmt: skip
    sql(f"UPDATE {RECORD} SET log_head = %(head)s WHERE id = %(pk)s", head=previous, pk=victim.pk)


TAMPERINGS: dict[str, tuple[Callable[[Application], None], str]] = {
    "a record deleted with its whole log": (delete_with_log, "封印第1号时有7条日志，现已不存在"),
    "an act taken back together with its row": (take_back_last_act, "封印第1号时有7条日志，现只有6条"),
    "a log written anew with its key": (rewrite_with_the_key, "第7条日志与封印第1号所记不符"),
}
each_tampering = pytest.mark.parametrize(("tamper", "what"), TAMPERINGS.values(), ids=TAMPERINGS)


@each_tampering
def test_the_log_alone_does_not_show_it_and_a_seal_does(
    scene: Scene, victim: Application, folder: Path, tamper: Callable[[Application], None], what: str
):
    seals.seal(at=scene.at)
    tamper(victim)
    assert faults() == [f"申请 application:{victim.pk}：{what}"]
    shutil.rmtree(folder)
    Seal.objects.all().delete()
    assert faults() == []


@each_tampering
def test_no_seal_is_made_over_a_loss_until_a_person_gives_the_reason(
    scene: Scene, victim: Application, folder: Path, tamper: Callable[[Application], None], what: str
):
    seals.seal(at=scene.at)
    before = LogEntry.objects.filter(kind="application", record=victim.pk).latest("n")
    tamper(victim)
    assert refusals(scene) == [f"申请 application:{victim.pk}：{what}"]
    assert Seal.objects.count() == len(list(folder.iterdir())) == 1
    accepted = seals.seal(at=scene.at + 2 * HOUR, after_restore=REASON)
    assert (accepted.number, accepted.reason, said(folder, 2)["reason"]) == (2, REASON, REASON)
    assert changes(folder, 2)[0] == f"- application {victim.pk} 7 {before.digest}"
    assert faults() == []


def test_a_history_changed_below_new_acts_is_not_sealed(scene: Scene, victim: Application):
    seals.seal(at=scene.at)
    rewrite_with_the_key(victim)
    victim = Application.objects.get(pk=victim.pk)
    door.advance_one(victim, "pass_up", by=scene.office, at=scene.at, opinion="同意")
    assert refusals(scene) == [f"申请 application:{victim.pk}：第7条日志与封印第1号所记不符"]


def test_a_database_restored_from_an_old_copy_is_found_behind_the_newest_seal(scene: Scene, victim: Application):
    seals.seal(at=scene.at)
    copy = transaction.savepoint()
    lost = act(scene)
    seals.seal(at=scene.at + HOUR)
    transaction.savepoint_rollback(copy)
    assert Seal.objects.count() == 1
    assert faults() == [f"申请 application:{lost.pk}：封印第2号时有1条日志，现已不存在"]


def test_life_goes_on_after_an_accepted_loss(scene: Scene, victim: Application, folder: Path):
    seals.seal(at=scene.at)
    copy = transaction.savepoint()
    act(scene)
    seals.seal(at=scene.at + HOUR)
    transaction.savepoint_rollback(copy)
    seals.seal(at=scene.at + 2 * HOUR, after_restore=REASON)
    act(scene)
    after = seals.seal(at=scene.at + 3 * HOUR)
    assert [after.number, Seal.objects.count()] == [4, 4]
    assert audit.verify() == audit.Report(LogEntry.objects.count(), 5, 4, ())


def test_a_seal_says_what_stands_and_the_next_what_has_moved_since(scene: Scene, victim: Application, folder: Path):
    first = seals.seal(at=scene.at)
    assert (first.number, first.records, first.rows) == (1, 4, LogEntry.objects.count())
    assert len(changes(folder, 1)) == 4
    new = act(scene)
    second = seals.seal(at=scene.at + HOUR)
    assert changes(folder, 2) == [f"+ application {new.pk} 1 {new.log_head}"]
    assert said(folder, 2) == {
        "seal": 2,
        "at": "2026-06-10T03:00:00+00:00",
        "previous": first.digest,
        "root": second.root,
        "records": 5,
        "rows": LogEntry.objects.count(),
        "changes": sealbook.changes_digest(changes(folder, 2)),
        "reason": "",
        "missing": [],
    }


def test_the_root_is_over_all_heads_in_the_order_of_kind_and_record(scene: Scene, victim: Application):
    made = seals.seal(at=scene.at)
    heads: sealbook.Heads = {
        "application": {
            each.pk: sealbook.Leaf(each.log_count, each.log_head, 1) for each in Application.objects.order_by("-pk")
        },
        "season": {scene.season.pk: sealbook.Leaf(scene.season.log_count, scene.season.log_head, 1)},
    }
    assert made.root == sealbook.root_of(heads)


def test_an_outsider_verifies_a_seal_with_the_public_key_alone(scene: Scene, folder: Path):
    seals.seal(at=scene.at)
    line, signature, _ = path_of(folder, 1).read_bytes().split(b"\n", 2)
    (key,) = ciphers.public_seal_keys()
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature.decode()), line)


def test_a_kill_between_file_and_row_leaves_nothing_to_repair(scene: Scene, folder: Path):
    made = seals.seal(at=scene.at)
    Seal.objects.all().delete()
    assert faults() == []
    assert (seals.seal(at=scene.at), Seal.objects.count(), len(list(folder.iterdir()))) == (made, 1, 1)


def test_twice_in_the_same_moment_is_one_seal(scene: Scene, folder: Path):
    first, second = seals.seal(at=scene.at), seals.seal(at=scene.at)
    assert (first, Seal.objects.count(), len(list(folder.iterdir()))) == (second, 1, 1)


def test_the_calendar_seals_each_hour_in_which_something_was_logged_and_each_day(scene: Scene):
    assert seals.is_due(scene.at)
    seals.seal(at=scene.at)
    assert not seals.is_due(scene.at + 23 * HOUR)
    assert seals.is_due(scene.at + 24 * HOUR)
    act(scene)
    assert not seals.is_due(scene.at + HOUR - timedelta(seconds=1))
    assert seals.is_due(scene.at + HOUR)


def test_a_clock_that_once_ran_ahead_stops_no_later_seal(scene: Scene):
    seals.seal(at=scene.at + timedelta(days=365))
    assert not seals.is_due(scene.at + timedelta(days=365, minutes=-59))
    assert seals.is_due(scene.at)
    assert seals.seal(at=scene.at).number == 2


def test_a_quiet_day_is_sealed_too(scene: Scene, folder: Path):
    first = seals.seal(at=scene.at)
    second = seals.seal(at=scene.at + 24 * HOUR)
    assert (second.number, second.root, changes(folder, 2)) == (2, first.root, [])


def test_a_record_whose_head_does_not_stand_in_the_log_is_not_sealed(scene: Scene, victim: Application):
    sql(f"UPDATE {RECORD} SET log_head = 'x' WHERE id = %(pk)s", pk=victim.pk)
    assert refusals(scene) == [f"申请 application:{victim.pk}：日志末条与记录所存的末条摘要不符"]


def test_seals_are_made_only_where_the_key_is_and_verified_with_public_keys(scene: Scene, folder: Path, settings: Any):
    seals.seal(at=scene.at)
    (public,) = ciphers.public_seal_keys()
    settings.SEAL_KEY, settings.SEAL_PUBLIC_KEYS = "", [public]
    assert faults() == []
    act(scene)
    with pytest.raises(ImproperlyConfigured, match="set SEAL_KEY to 64 hex digits"):
        seals.seal(at=scene.at + HOUR)
    settings.SEAL_PUBLIC_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="SEAL_PUBLIC_KEYS"):
        audit.verify()


def test_after_a_change_of_keys_the_old_seals_are_verified_with_the_old_one(scene: Scene, settings: Any):
    seals.seal(at=scene.at)
    (old,) = ciphers.public_seal_keys()
    settings.SEAL_KEY = "0c" * 32
    assert faults() == [f"封印第1号：{CUT}"]
    settings.SEAL_PUBLIC_KEYS = [old]
    act(scene)
    seals.seal(at=scene.at + HOUR)
    assert faults() == []


def test_the_command_seals_and_verifies(scene: Scene, capsys: pytest.CaptureFixture):
    call_command("audit", "seal")
    call_command("audit", "verify")
    call_command("audit", "key")
    made, rows = Seal.objects.get(), LogEntry.objects.count()
    assert capsys.readouterr().out.splitlines() == [
        f"封印第1号：1 件记录，{rows} 条日志，总根 {made.root}",
        f"核对通过：1 件记录，{rows} 条日志，逐条相接，无一处不符；与封印第1号相符。",
        *ciphers.public_seal_keys(),
    ]


@pytest.mark.parametrize("what", ["seal", "verify", "key"])
def test_the_command_names_the_key_that_is_missing(scene: Scene, settings: Any, what: str):
    call_command("audit", "seal")
    act(scene)
    settings.SEAL_KEY = ""
    with pytest.raises(CommandError, match="封印的密钥或文件夹不可用：set SEAL_KEY"):
        call_command("audit", what)


def test_the_command_tells_that_the_folder_cannot_be_written(scene: Scene, settings: Any, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    settings.SEALS_DIR = tmp_path / "file" / "seals"
    with pytest.raises(CommandError, match=r"封印的密钥或文件夹不可用：.*Not a directory"):
        call_command("audit", "seal")
    assert not Seal.objects.exists()


def test_the_command_tells_the_operator_how_to_give_account_of_a_loss(
    victim: Application, folder: Path, capsys: pytest.CaptureFixture
):
    call_command("audit", "seal")
    delete_with_log(victim)
    with pytest.raises(
        CommandError, match=rf"(?s)^未封存：1 处不符，首先是\n  申请 application:{victim.pk}：.*after-restore"
    ):
        call_command("audit", "seal")
    call_command("audit", "seal", "--after-restore", REASON)
    assert said(folder, 2)["reason"] == REASON
