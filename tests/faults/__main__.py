"""`python -m tests.faults`: play, let things strike, and judge; exit 1 with what was lost or doubled.

The same seed lets the same things strike at the same counts of approvals.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import django

from tests.faults.stage import Stage


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--approvals", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=21)
    parser.add_argument("--restarts", type=int, default=2)
    parser.add_argument("--wipes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--patience", type=int, default=240, help="seconds to wait for what the calendar does")
    parser.add_argument("--prefect", action="store_true", help="let a Prefect server run the calendar")
    parser.add_argument("--control", action="store_true", help="let the sender mark effects done; this must fail")
    return parser.parse_args()


def main() -> int:
    options = parsed()
    print(f"seed {options.seed}: replay with --seed {options.seed}", flush=True)
    stage = Stage(Path(tempfile.mkdtemp(prefix="ketepai-faults-")), options.prefect, options.control)
    try:
        stage.start_stores()
        os.environ.update(stage.environment())
        found = _play(stage, options)
    except Exception:
        print(stage.last_words(), flush=True)
        raise
    finally:
        stage.stop()
    for fault in found[:40]:
        print(f"  {fault}")
    print(f"{len(found)} lost, doubled or broken")
    return 1 if found else 0


def _play(stage: Stage, options: argparse.Namespace) -> list[str]:
    django.setup()
    from django.core.management import call_command

    from tests.faults import play, verdict

    call_command("migrate", verbosity=0)
    began = time.monotonic()
    acts = play.prepare(options.approvals, options.patience, stage.site)
    print(f"{len(acts.walking)} applications, {len(acts.announced)} on notice, {_since(began)}", flush=True)
    stage.start_processes()
    began = time.monotonic()
    strikes = play.Strikes(options.kills, options.restarts, options.wipes)
    play.run(acts, stage, random.Random(options.seed), strikes)
    print(f"{len(acts.ledger)} approvals confirmed in {_since(began)}", flush=True)
    verdict.settle()
    found = verdict.faults(acts)
    struck = {name: acts.struck.count(name) for name in dict.fromkeys(acts.struck)}
    print(json.dumps({"struck": struck, "mails repeated": verdict.repeated_mails()}, ensure_ascii=False))
    return found


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
