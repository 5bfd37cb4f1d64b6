"""The demonstration as a newcomer runs it, on few people and a database of its own."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.policies.loading import FOLDER

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
PEOPLE = 25


@dataclass(frozen=True)
class Ran:
    """What a run of the demonstration left behind."""

    folder: Path
    output: str
    figures: dict[str, Any]


def manage(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_"))}
    env = {**kept, "KETEPAI_VAR": str(folder), "KETEPAI_FONTS": str(settings.FONTS_DIR)}
    return subprocess.run([*MANAGE, *words], env=env, capture_output=True, text=True, check=False)


def copied(demo: Ran, folder: Path) -> None:
    """Put what a run left behind into another folder, so that the next test finds it as it was."""
    for name in ("ketepai.sqlite3", "keys.json"):
        shutil.copy(demo.folder / name, folder)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("demo")
    figures = folder / "out.json"
    done = manage(folder, "demo", "--no-serve", "--people", str(PEOPLE), "--json", str(figures))
    assert done.returncode == 0, done.stdout + done.stderr
    return Ran(folder, done.stdout, json.loads(figures.read_text(encoding="utf-8")))


def test_the_figures_for_scripts_are_whole(demo: Ran) -> None:
    figures = demo.figures
    assert (figures["pack"], figures["people"]) == ("guangxi-2023", PEOPLE)
    assert sum(figures["applications"].values()) == PEOPLE
    assert figures["applications"]["passed"] == figures["appointments"] > 0
    assert figures["seconds"] > 0
    assert figures["audit"]["verified"] is True
    assert figures["audit"]["rows"] > 100


def test_people_are_allocated_to_counties_and_placed_in_villages(demo: Ran) -> None:
    """As many villages are covered as can be; what is not is proved, and a few outcomes are explained on the screen."""
    allocation = demo.figures["allocation"]
    assert allocation["placed"] > 0
    assert allocation["undocumented_blocking_pairs"] == 0
    assert allocation["shortage"] >= allocation["shortage_bound"]
    placement = allocation["placement"]
    assert placement["covered"] > 0
    assert placement["needed"] == placement["covered"] + placement["proved"]
    assert len(allocation["explained"]) > 1
    for each in allocation["explained"]:
        assert f"{each['person']}（{each['came']}）：{each['why']}" in demo.output


def test_some_keep_contact_with_their_villages_and_what_the_policy_does_not_know_stays_empty(demo: Ran) -> None:
    contacts = demo.figures["contacts"]
    assert 0 < contacts["people"] <= contacts["villages"]
    assert "村级联系：{people}人登记了{villages}个村".format(**contacts) in demo.output
    assert {name: demo.figures[name] for name in ("pairings", "changes", "recognition")} == {
        "pairings": {}, "changes": {}, "recognition": {},
    }  # fmt: skip


def test_every_document_lies_where_the_figures_say(demo: Ran) -> None:
    kinds = [line["kind"] for line in demo.figures["notices"]]
    assert kinds.count("certificate") == demo.figures["appointments"]
    assert kinds.count("appointment_notice") > 0
    for line in demo.figures["notices"]:
        data = (settings.BASE_DIR / line["pdf"]).read_bytes()
        assert data.startswith(b"%PDF-")
        assert hashlib.sha256(data).hexdigest() == line["sha256"]
    numbers = [line["number"] for line in demo.figures["notices"]]
    assert len(set(numbers)) == len(numbers)


def test_it_prints_a_table_and_one_login_for_each_role(demo: Ran) -> None:
    assert "合计" in demo.output
    assert "审计核对通过" in demo.output
    for role in ("applicant", "unit", "county", "city", "region", "auditor"):
        assert f"\n  {role:<10} " in demo.output


def test_it_is_played_again_with_a_pack_of_a_city_by_its_path(demo: Ran, tmp_path: Path) -> None:
    copied(demo, tmp_path)
    shutil.copytree(FOLDER / "jinzhong", tmp_path / "pack")
    figures = tmp_path / "out.json"
    words = ["--pack", str(tmp_path / "pack"), "--no-serve", "--people", "12", "--json", str(figures)]
    done = manage(tmp_path, "demo", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "机关发起" in done.stdout
    ran = json.loads(figures.read_text(encoding="utf-8"))
    assert sum(ran["applications"].values()) == 12
    assert ran["applications"]["passed"] == ran["appointments"] > 0
    (notice,) = [each for each in ran["notices"] if each["kind"] == "appointment_notice"]
    agreements = [each["number"] for each in ran["notices"] if each["kind"] == "agreement"]
    assert len(agreements) == ran["appointments"], "all but one are signed, and one anew after a change"
    assert ran["pairings"] == {"by_person": 1, "by_host": 1, "agreed": 2, "used": 2}
    assert ran["changes"] == {"reported": 1, "resolved": 1, "carried_out": 1}
    assert "聘期内调整：报送1件，协调解决1件，已生效1件" in done.stdout
    assert re.fullmatch("关于下达[0-9]{4}年度科技特派员选派名单的通知", notice["title"])
    assert (settings.BASE_DIR / notice["pdf"]).read_bytes().startswith(b"%PDF-")
    assert ran["audit"]["verified"] is True


def test_it_never_overwrites_somebodys_own_data(demo: Ran, tmp_path: Path) -> None:
    copied(demo, tmp_path)
    with sqlite3.connect(tmp_path / "ketepai.sqlite3") as database:
        before = people_in(database)
        database.execute(
            "INSERT INTO directory_person (name, pinyin, sex, id_number, phone, email, education, title, specialty,"
            " is_generated) VALUES ('真实的人', '', '', '', '', '', '', '', '', 0)"
        )
    refused = manage(tmp_path, "demo", "--no-serve", "--people", "3")
    assert refused.returncode == 1
    assert "非演示数据" in refused.stderr
    with sqlite3.connect(tmp_path / "ketepai.sqlite3") as database:
        assert people_in(database) == before + 1


def people_in(database: sqlite3.Connection) -> int:
    (number,) = database.execute("SELECT count(*) FROM directory_person").fetchone()
    return int(number)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--people", "0"], "--people 应在"),
        (["--pack", "nowhere"], "找不到政策包"),
    ],
)
def test_wrong_options_are_told(words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("demo", "--no-serve", *words)


def test_missing_fonts_are_told_before_anybody_is_made(settings: Any, tmp_path: Path) -> None:
    settings.FONTS_DIR = tmp_path
    with pytest.raises(CommandError, match="缺少打印公文的字体"):
        call_command("demo", "--no-serve")


DROP = "DROP TRIGGER log_refuses_update; DROP TRIGGER log_refuses_delete;"
ACTS = "core_logentry WHERE kind = 'application' AND record = {record}"
LAST = f"n = (SELECT max(n) FROM {ACTS})"
TAMPERING = {
    "an opinion changed": f"UPDATE core_logentry SET opinion = '改过' WHERE id = (SELECT id FROM {ACTS} AND n = 3)",
    "an act deleted": f"DELETE FROM {ACTS} AND n = 3",
    "the last act deleted": f"DELETE FROM {ACTS} AND {LAST}",
    "an act invented": "INSERT INTO core_logentry SELECT NULL, kind, record, n + 1, action, from_state, to_state,"
    " version, at, actor_id, actor, post, acting_for, opinion, ground, clause, details, subject_digest, '', previous,"
    f" digest FROM {ACTS} AND {LAST}",
    "a state changed": "UPDATE applications_application SET state = 'rejected' WHERE id = {record}",
    "a text changed": "UPDATE applications_application SET content = '{{}}' WHERE id = {record}",
}


def test_the_audit_names_every_record_that_was_tampered_with_and_no_other(demo: Ran, tmp_path: Path) -> None:
    copied(demo, tmp_path)
    database = sqlite3.connect(tmp_path / "ketepai.sqlite3")
    passed = "SELECT id FROM applications_application WHERE state = 'passed' ORDER BY id LIMIT ?"
    records = [record for (record,) in database.execute(passed, [len(TAMPERING)])]
    triggers = database.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    database.executescript(DROP)
    for record, statement in zip(records, TAMPERING.values(), strict=True):
        assert database.execute(statement.format(record=record)).rowcount == 1
    database.commit()
    database.executescript(";".join(sql for (sql,) in triggers if "log_refuses" in sql))
    database.close()
    found = manage(tmp_path, "audit", "verify")
    assert found.returncode == 1
    assert {int(record) for record in re.findall("application:([0-9]+)", found.stderr)} == set(records)
