"""A world whose route asks for every act there is: joint verdicts, a panel, a meeting, opinions, a filing."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.utils import timezone

from apps.applications.models import Application
from apps.core import uploads
from apps.core.actors import Actor
from apps.core.kinds import Outcome
from apps.core.log import digest_of
from apps.desks import services as desks
from apps.desks.models import DeskRecord, Docket, Paper, Verdict
from apps.desks.states import DeskState, DocketPurpose, Word
from apps.directory.models import User
from apps.directory.states import Role
from apps.policies import loading
from apps.policies.loading import PackFiles
from apps.seasons import services as seasons
from tests.factories.applications import announce, fresh, make_draft, pass_up, submit
from tests.factories.files import JPG
from tests.factories.people import actor, make_officer, make_person, make_unit
from tests.factories.scene import AT, Scene, build_scene

QUESTION = "who_may_apply"
"""Any open question of the pack: what the text lacks rests on it."""
OFFICES = {
    "institute": {"body": "sci_tech_institute", "scope": "jurisdiction", "label": "研究所"},
    "experts": {"body": "expert", "scope": "jurisdiction", "label": "评审专家"},
    "members": {"body": "member_unit", "scope": "jurisdiction", "label": "成员单位"},
}
SHEET = [{"id": "skill", "label": "专业能力", "most": 60}, {"id": "plan", "label": "服务计划", "most": 40}]
STEPS: list[dict[str, Any]] = [
    {"act": "consent", "office": "unit", "listed": True},
    {
        "act": "verdicts",
        "office": "county",
        "verdicts": {"of": ["county", "city"], "rule": "all", "at_least": 2, "one_refusal": "blocks", "asks": QUESTION},
    },
    {
        "act": "scores",
        "office": "city",
        "verdicts": {
            "of": ["experts"], "rule": "average", "at_least": 2, "least": 60, "sheet": SHEET, "asks": QUESTION,
        },
    },
    {"act": "meeting", "office": "region"},
    {
        "act": "opinions",
        "office": "region",
        "verdicts": {
            "of": ["members"], "rule": "quorum", "at_least": 2, "least": 2, "asks": QUESTION,
            "silence": {"after_days": 5, "means": "agrees"},
        },
    },
    {"act": "notice", "office": "region", "days": 5},
    {"act": "finalisation", "office": "region"},
    {"act": "filing", "office": "institute"},
]  # fmt: skip
RESOLVED: list[dict[str, Any]] = [
    STEPS[0],
    {
        "act": "resolution",
        "office": "region",
        "verdicts": {"of": ["county", "city"], "rule": "heard", "asks": QUESTION},
    },
]
"""A route by which one office resolves what others are heard on."""
OF_STATE = {
    DeskState.AWAITING_CONSENT: 0,
    DeskState.AWAITING_VERDICTS: 1,
    DeskState.AWAITING_SCORES: 2,
    DeskState.AWAITING_MEETING: 3,
    DeskState.AWAITING_OPINIONS: 4,
    DeskState.ON_NOTICE: 5,
    DeskState.AWAITING_FINALISATION: 6,
    DeskState.AWAITING_FILING: 7,
    DeskState.PASSED: 8,
    DeskState.AWAITING_RESOLUTION: 1,
}
"""The step at which each state is awaited on these routes."""


def pack_of_every_act(steps: Sequence[Mapping[str, Any]] = STEPS, **changed: Any) -> PackFiles:
    """Return the shipped pack with one route of these steps; `changed` replaces parts of the application."""
    return _pack_of(json.dumps([*steps]), json.dumps(changed))


@cache
def _pack_of(steps: str, changed: str) -> PackFiles:
    files = loading.read("guangxi-2023")
    data = loading.plain(loading.tree(files.pack_text, str(files.path)))
    data["offices"] |= OFFICES
    process = data["processes"]["application"]
    process["routes"] = [{"id": "every_act", "asks": QUESTION, "steps": json.loads(steps)}]
    process |= json.loads(changed)
    data["open_questions"] = [each for each in data["open_questions"] if each["id"] in _asked(data)]
    return replace(files, pack_text=json.dumps(data, ensure_ascii=False))


def _asked(data: Any) -> set[str]:
    """Return the open questions that the rest of a pack still asks."""
    if isinstance(data, dict):
        named = {str(data[key]) for key in ("asks", "ask") if key in data}
        return named.union(*(_asked(value) for key, value in data.items() if key != "open_questions"))
    return set().union(*(_asked(each) for each in data)) if isinstance(data, list) else set()


@dataclass(frozen=True)
class Jury:
    """Those asked beside the officers of the scene; `colleague` is an expert of the applicant's own unit."""

    experts: tuple[User, ...]
    colleague: User
    members: tuple[User, ...]
    institute: User


def build_every_act(
    at: datetime = AT, files: PackFiles | None = None, scene: Scene | None = None
) -> tuple[Scene, Jury]:
    """Build the world of `build_scene`, or take the one given, with a season of every act instead."""
    scene = scene or build_scene(at=at, opened=False)
    season = seasons.prepare(
        files=files or pack_of_every_act(),
        jurisdiction=scene.region,
        year=at.year,
        title="各种办理行为",
        by=scene.office,
        at=at,
    )
    season = seasons.start(season=season, by=scene.office, at=at)
    elsewhere = make_unit(scene.cities[1])
    experts = [
        make_officer(Role.EXPERT, scene.region, person=make_person(unit))
        for unit in (elsewhere, elsewhere, elsewhere, scene.unit)
    ]
    members = [make_officer(Role.MEMBER_UNIT, make_unit(scene.region, name=f"成员单位{n}")) for n in (1, 2)]
    institute = make_officer(Role.SCI_TECH_INSTITUTE, scene.region)
    return replace(scene, season=season), Jury(tuple(experts[:3]), experts[3], tuple(members), institute)


def desk_of(user: User) -> str:
    """Return the desk of a user's only post."""
    (post,) = actor(user).posts
    return post.desk


def mark_of(record: DeskRecord, kind: str, party: str) -> str:
    """Return the mark of a party's present word, empty while it is silent."""
    said = Verdict.objects.filter(kind=kind, record=record.pk, step=record.step, party=party, void=None).first()
    return said.mark if said else ""


def speak(
    application: Application, user: User, word: str = Word.AGREE, points: Mapping[str, int] | None = None, **act: Any
) -> Application:
    """Say a party's word on the text as it stands."""
    now, party = fresh(application), act.pop("party", "") or desk_of(user)
    return desks.give_verdict(
        record=now,
        party=party,
        replaces=act.pop("replaces", None) or mark_of(now, "application", party),
        word=word,
        digest=act.pop("digest", "") or digest_of(now.subject()),
        sheet=points,
        opinion=act.pop("opinion", "意见"),
        by=actor(user),
        **act,
    )


def ask(application: Application, by: Actor, users: Sequence[User], at: datetime) -> Outcome:
    """Ask users at a joint step."""
    seen = {application.pk: fresh(application).version}
    (outcome,) = desks.ask(model=Application, seen=seen, parties=[desk_of(user) for user in users], by=by, at=at)
    return outcome


def docket_of(application: Application, user: User, purpose: str, at: datetime) -> Docket:
    """Draw up a docket over one application."""
    papers = list(Paper.objects.filter(record=application.pk, latest=True))
    return desks.draw_up(papers=papers, purpose=purpose, title="第一次会议", by=actor(user), at=at)


def decide_on_docket(
    application: Application, user: User, purpose: str, at: datetime, word: str = Word.AGREE, **said: str
) -> list[Outcome]:
    """Write a docket up over one application and close it."""
    by = actor(user)
    docket = docket_of(application, user, purpose, at)
    write_up(docket, user, at)
    desks.note_decision(docket=docket, said={application.pk: {"word": word, **said}}, by=by, at=at)
    return desks.close_docket(docket=Docket.objects.get(pk=docket.pk), by=by, at=at)


def write_up(docket: Docket, user: User, at: datetime, **changed: Any) -> Docket:
    """Fill in all that a docket needs."""
    said: dict[str, Any] = {
        "title": docket.title,
        "held": timezone.localdate(at),
        "place": "三楼会议室",
        "present": "局长、副局长",
        "minutes": "会议研究同意。",
        "scan": uploads.accept("名单.jpg", io.BytesIO(JPG), ("jpg",), 5),
    }
    return desks.write_up(docket=docket, by=actor(user), at=at, **{**said, **changed})


def drive_to(scene: Scene, jury: Jury, state: str, application: Application | None = None) -> Application:
    """Drive an application of the season of every act to the step of a state, an hour an act."""
    application = application or submit(make_draft(scene), scene.at)
    for step, act in enumerate(_ACTS[: OF_STATE[DeskState(state)]]):
        act(scene, jury, fresh(application), scene.at + timedelta(hours=4 * step + 1))
    return fresh(application)


Act = Callable[[Scene, Jury, Application, datetime], Any]


def _list(scene: Scene, jury: Jury, application: Application, at: datetime) -> None:
    decide_on_docket(application, scene.officers.unit, DocketPurpose.LIST, at)


def _choose(scene: Scene, jury: Jury, application: Application, at: datetime) -> None:
    for user in (scene.officers.county, scene.officers.city):
        speak(application, user, at=at)
    pass_up(application, scene.officers.county, at + timedelta(hours=1))


def _score(scene: Scene, jury: Jury, application: Application, at: datetime) -> None:
    ask(application, actor(scene.officers.city), jury.experts[:2], at)
    for user in jury.experts[:2]:
        speak(application, user, points={"skill": 50, "plan": 30}, at=at + timedelta(hours=1))
    pass_up(application, scene.officers.city, at + timedelta(hours=2))


def _meet(scene: Scene, jury: Jury, application: Application, at: datetime) -> None:
    decide_on_docket(application, scene.officers.region, DocketPurpose.MEETING, at)


def _consult(scene: Scene, jury: Jury, application: Application, at: datetime) -> None:
    ask(application, scene.office, jury.members, at)
    for user in jury.members:
        speak(application, user, at=at + timedelta(hours=1))
    pass_up(application, scene.officers.region, at + timedelta(hours=2))


def _announce(scene: Scene, jury: Jury, application: Application, at: datetime) -> None:
    listed = announce(scene, application, at)
    desks.pass_notice(model=Application, seen={listed.pk: listed.version}, at=at + timedelta(days=5))


def _finalise(scene: Scene, jury: Jury, application: Application, at: datetime) -> None:
    pass_up(application, scene.officers.region, at + timedelta(days=6))


def _file(scene: Scene, jury: Jury, application: Application, at: datetime) -> None:
    pass_up(application, jury.institute, at + timedelta(days=7))


_ACTS: tuple[Act, ...] = (_list, _choose, _score, _meet, _consult, _announce, _finalise, _file)
