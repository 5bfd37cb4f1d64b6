"""Every act, from every place of the walk, by everybody who might try: who moves a record where, and nobody else.

Three routes: the shipped one, one that asks for every act there is, and one that an office resolves.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from apps.applications.models import Application
from apps.core import audit, door
from apps.core.actors import CLOCK, Actor
from apps.core.log import digest_of
from apps.desks.models import DeskRecord
from apps.desks.states import DeskAction, DeskState, Word
from apps.directory.states import Role
from tests.factories import Scene, actor, make_application, make_officer, make_unit, user_of
from tests.factories.applications import announce
from tests.factories.every_act import RESOLVED, STEPS, build_every_act, desk_of, drive_to, pack_of_every_act

PLACES = {
    "draft": (DeskState.DRAFT, "county"),
    "returned": (DeskState.RETURNED, "county"),
    "unit": (DeskState.AWAITING_CONSENT, "county"),
    "county": (DeskState.AWAITING_REVIEW, "county"),
    "city": (DeskState.AWAITING_REVIEW, "city"),
    "on notice": (DeskState.ON_NOTICE, "county"),
    "announced": (DeskState.ON_NOTICE, "county"),
    "region": (DeskState.AWAITING_FINALISATION, "county"),
    "passed": (DeskState.PASSED, "county"),
    "rejected": (DeskState.REJECTED, "county"),
    "withdrawn": (DeskState.WITHDRAWN, "county"),
    "lapsed": (DeskState.LAPSED, "county"),
}
ACTIONS = [action for action in DeskAction if action != DeskAction.CREATE]

WITHDRAWN = ("applicant", DeskState.WITHDRAWN)
ALLOWED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "draft": {"submit": ("applicant", DeskState.AWAITING_CONSENT), "withdraw": WITHDRAWN},
    "returned": {
        "submit": ("applicant", DeskState.AWAITING_CONSENT),
        "withdraw": WITHDRAWN,
        "lapse": ("clock", DeskState.LAPSED),
    },
    "unit": {
        "pass_up": ("unit", DeskState.AWAITING_REVIEW),
        "send_back": ("unit", DeskState.RETURNED),
        "reject": ("unit", DeskState.REJECTED),
        "withdraw": WITHDRAWN,
        "recall": ("nobody", ""),
    },
    "county": {
        "pass_up": ("county", DeskState.AWAITING_REVIEW),
        "send_back": ("county", DeskState.RETURNED),
        "reject": ("county", DeskState.REJECTED),
        "withdraw": WITHDRAWN,
        "recall": ("unit", DeskState.AWAITING_CONSENT),
    },
    "city": {
        "pass_up": ("city", DeskState.ON_NOTICE),
        "send_back": ("city", DeskState.RETURNED),
        "reject": ("city", DeskState.REJECTED),
        "withdraw": WITHDRAWN,
        "recall": ("county", DeskState.AWAITING_REVIEW),
    },
    "on notice": {
        "pass_up": ("clock", "not_announced"),
        "announce": ("region", DeskState.ON_NOTICE),
        "withdraw": WITHDRAWN,
        "recall": ("city", DeskState.AWAITING_REVIEW),
    },
    "announced": {
        "pass_up": ("clock", DeskState.AWAITING_FINALISATION),
        "announce": ("region", "announced"),
        "withdraw": WITHDRAWN,
        "recall": ("city", "announced"),
    },
    "region": {
        "pass_up": ("region", DeskState.PASSED),
        "send_back": ("region", DeskState.RETURNED),
        "reject": ("region", DeskState.REJECTED),
        "withdraw": WITHDRAWN,
        "recall": ("region", "announced"),
    },
    "passed": {},
    "rejected": {"reopen": ("region", DeskState.AWAITING_CONSENT)},
    "withdrawn": {},
    "lapsed": {},
}
"""Place → action → (who alone may do it, the state it leads to or the guard that stops even him)."""


def everybody(scene: Scene, application: Application) -> dict[str, Actor]:
    """Return all who might try, by name."""
    users = {
        "applicant": user_of(application),
        "another applicant": scene.applicant,
        "unit": scene.officers.unit,
        "county": scene.officers.county,
        "city": scene.officers.city,
        "region": scene.officers.region,
        "auditor": scene.officers.auditor,
        "county elsewhere": scene.stranger,
        "city elsewhere": make_officer(Role.SCI_TECH_AUTHORITY, scene.cities[1]),
        "unit elsewhere": make_officer(Role.DISPATCHING_UNIT, make_unit(scene.cities[0])),
        "administrator": make_officer(Role.ADMINISTRATOR, scene.region),
        "office of a county": make_officer(Role.COORDINATION_OFFICE, scene.county),
    }
    return {**{name: actor(user) for name, user in users.items()}, "clock": CLOCK, "public": Actor("公众")}


def details_of(action: str, record: DeskRecord, by: Actor, at: datetime, parties: Sequence[str]) -> dict[str, Any]:
    """Return what an act says beside its words."""
    mine = [party for party in record.parties() if by.sits_at(party, at)]
    said: dict[str, dict[str, Any]] = {
        "announce": {"until": date(2026, 7, 1).isoformat(), "list": 0},
        "reopen": {"to": 0},
        "ask": {"parties": list(parties)},
        "give_verdict": {
            "party": mine[0] if mine else "",
            "word": Word.AGREE,
            "digest": digest_of(record.subject()),
            "sheet": {"skill": 50, "plan": 30} if record.state == DeskState.AWAITING_SCORES else {},
        },
    }
    return said.get(action, {})


def attempt(record: DeskRecord, action: str, by: Actor, scene: Scene, parties: Sequence[str] = ()) -> str:
    """Try an act and take it back; return the state it led to, or the code of its refusal."""
    at = scene.at + timedelta(days=10)
    details = details_of(action, record, by, at, parties)
    with transaction.atomic():
        (outcome,) = door.advance(
            type(record),
            {record.pk: record.version},
            action,
            by=by,
            at=at,
            opinion="意见",
            ground="依据",
            details=details,
        )
        transaction.set_rollback(True)
    return outcome.record.state if outcome.done else outcome.refusals[0].code


def expected(place: str, action: str, who: str) -> str:
    if action not in ALLOWED[place]:
        return "wrong_state"
    alone, result = ALLOWED[place][action]
    if (place, action, who) == ("unit", "pass_up", "clock"):
        return "not_agreed"
    return result if who == alone else "not_yours"


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
def test_each_act_at_each_place_is_for_one_alone(scene: Scene, place: str):
    state, level = PLACES[place]
    application = make_application(scene, state, level=level)
    if place == "announced":
        application = announce(scene, application, scene.at + timedelta(hours=4))
    actors = everybody(scene, application)
    tried = {(action, who): attempt(application, action, by, scene) for action in ACTIONS for who, by in actors.items()}
    assert tried == {(action, who): expected(place, action, who) for action in ACTIONS for who in actors}
    assert audit.verify().faults == ()


JOINT_PLACES = {
    "verdicts": DeskState.AWAITING_VERDICTS,
    "scores": DeskState.AWAITING_SCORES,
    "meeting": DeskState.AWAITING_MEETING,
    "opinions": DeskState.AWAITING_OPINIONS,
    "filing": DeskState.AWAITING_FILING,
    "resolution": DeskState.AWAITING_RESOLUTION,
}
JOINT_ALLOWED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "verdicts": {
        "pass_up": {"county": "verdicts_wanting"},
        "send_back": {"county": DeskState.RETURNED},
        "reject": {"county": DeskState.REJECTED},
        "withdraw": {"applicant": DeskState.WITHDRAWN},
        "recall": {"unit": DeskState.AWAITING_CONSENT},
        "ask": {"county": DeskState.AWAITING_VERDICTS},
        "give_verdict": {"county": DeskState.AWAITING_VERDICTS, "city": DeskState.AWAITING_VERDICTS},
    },
    "scores": {
        "pass_up": {"city": "too_few_asked"},
        "send_back": {"city": DeskState.RETURNED},
        "reject": {"city": DeskState.REJECTED},
        "withdraw": {"applicant": DeskState.WITHDRAWN},
        "recall": {"county": DeskState.AWAITING_VERDICTS},
        "ask": {"city": DeskState.AWAITING_SCORES},
        "give_verdict": {},
    },
    "meeting": {
        "pass_up": {"region": "no_minutes"},
        "send_back": {"region": DeskState.RETURNED},
        "reject": {"region": "no_minutes"},
        "withdraw": {"applicant": DeskState.WITHDRAWN},
        "recall": {"city": DeskState.AWAITING_SCORES},
    },
    "opinions": {
        "pass_up": {"region": "too_few_asked"},
        "send_back": {"region": DeskState.RETURNED},
        "reject": {"region": DeskState.REJECTED},
        "withdraw": {"applicant": DeskState.WITHDRAWN},
        "recall": {"region": DeskState.AWAITING_MEETING},
        "ask": {"region": DeskState.AWAITING_OPINIONS},
        "give_verdict": {},
    },
    "filing": {
        "pass_up": {"institute": DeskState.PASSED},
        "send_back": {"institute": DeskState.RETURNED},
        "withdraw": {"applicant": DeskState.WITHDRAWN},
        "recall": {"region": "announced"},
    },
    "resolution": {
        "pass_up": {"region": DeskState.PASSED},
        "send_back": {"region": DeskState.RETURNED},
        "reject": {"region": DeskState.REJECTED},
        "withdraw": {"applicant": DeskState.WITHDRAWN},
        "recall": {"unit": DeskState.AWAITING_CONSENT},
        "ask": {"region": DeskState.AWAITING_RESOLUTION},
        "give_verdict": {"county": DeskState.AWAITING_RESOLUTION, "city": DeskState.AWAITING_RESOLUTION},
    },
}
"""Place → action → {who may do it: the state it leads to or the guard that stops even him}."""


@pytest.mark.django_db
@pytest.mark.parametrize("place", JOINT_PLACES)
def test_each_act_at_each_joint_place_is_for_those_named_alone(place: str):
    scene, jury = build_every_act(files=pack_of_every_act(RESOLVED if place == "resolution" else STEPS))
    application = drive_to(scene, jury, JOINT_PLACES[place])
    actors = {
        **everybody(scene, application),
        "expert": actor(jury.experts[0]),
        "member": actor(jury.members[0]),
        "institute": actor(jury.institute),
    }
    parties = {
        "verdicts": [desk_of(scene.officers.county), desk_of(scene.officers.city)],
        "opinions": [desk_of(user) for user in jury.members],
        "resolution": [desk_of(scene.officers.county), desk_of(scene.officers.city)],
    }.get(place, [desk_of(user) for user in jury.experts[:2]])
    tried = {
        (action, who): attempt(application, action, by, scene, parties)
        for action in ACTIONS
        for who, by in actors.items()
    }
    wrong = {action: "wrong_state" for action in ACTIONS if action not in JOINT_ALLOWED[place]}
    assert tried == {
        (action, who): wrong.get(action) or JOINT_ALLOWED[place][action].get(who, "not_yours")
        for action in ACTIONS
        for who in actors
    }
    assert audit.verify().faults == ()


def test_the_table_names_every_transition_there_is():
    declared = {(state, action) for action in ACTIONS for state in getattr(Application, action)._django_fsm.transitions}
    named = {(PLACES[place][0], action) for place, acts in ALLOWED.items() for action in acts}
    named |= {(JOINT_PLACES[place], action) for place, acts in JOINT_ALLOWED.items() for action in acts}
    assert named == declared
