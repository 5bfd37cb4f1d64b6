"""The keys of the embedded default are made once, kept, and added to."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.settings.keys import NAMES, keys_in


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path):
    made = keys_in(tmp_path / "var")
    assert sorted(made) == sorted(NAMES)
    assert len(set(made.values())) == len(NAMES)
    assert keys_in(tmp_path / "var") == made
    assert (tmp_path / "var" / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_new_is_added_and_the_others_stay(tmp_path: Path):
    old = {name: f"old {name}" for name in NAMES[:-1]}
    (tmp_path / "keys.json").write_text(json.dumps(old))
    found = keys_in(tmp_path)
    assert found == {**old, NAMES[-1]: found[NAMES[-1]]}
    assert keys_in(tmp_path) == found


def test_many_at_once_agree(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(keys_in, [tmp_path] * 8))
    assert found == [keys_in(tmp_path)] * 8
