"""Two applications on a random route among sixteen people, their dockets and a clock that is moved at will."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from apps.applications import selectors
from apps.applications.models import Application
from apps.core import audit, door
from apps.core.actors import CLOCK, Actor
from apps.core.log import digest_of
from apps.core.models import LogEntry
from apps.core.refusals import Refused
from apps.desks import services as desks
from apps.desks.models import Docket, Paper, Verdict
from apps.desks.states import STATE_OF_ACT, DeskAction, DocketPurpose
from apps.directory.models import User
from apps.policies.loading import PackFiles
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.writing import services as writing
from tests.factories import Scene, actor, make_draft, user_of
from tests.factories.every_act import Jury, desk_of, mark_of, write_up
from tests.properties.joint_model import CROWDS, Act, Model
from tests.properties.joint_packs import packs, route_of

CHOSEN = (*CROWDS["experts"], *CROWDS["members"])
PARTIES = ("unit", "county", "city", "institute", *CHOSEN)
PEOPLE = ("applicant", "other applicant", *PARTIES, "region", "colleague", "auditor", "stranger", "clock")
ACTIONS = [action.value for action in DeskAction if action != DeskAction.CREATE]
LIKELY = {
    "submit": 10, "pass_up": 20, "announce": 10, "ask": 3, "give_verdict": 3, "reopen": 10,
    "reject": 0.2, "send_back": 0.4, "recall": 0.4, "withdraw": 0.03, "lapse": 0.3,
}  # fmt: skip
"""How often an act that is allowed is chosen, all others once, so that walks come to their end on many ways."""
WORDS = (*["agree"] * 5, "refuse", "recuse")


def any_act(chance: Random, at: datetime) -> Act:
    """Return an act of anybody, sensible or not."""
    who = chance.choice(PEOPLE)
    return Act(
        who=who,
        action=chance.choice(ACTIONS),
        at=at,
        opinion=chance.choice(["意见", "意见", "意见", ""]),
        to=chance.choice([None, *range(-1, 9)]),
        parties=frozenset(chance.sample((*PARTIES, "colleague"), chance.randrange(6))),
        party=chance.choice((who, who, who, *PARTIES)),
        word=chance.choice((*WORDS, "")),
        points=chance.randrange(101),
        is_on_this_text=chance.random() < 0.8,
    )


def is_done(act: Callable[[], Any]) -> bool:
    """Try an act of a service; tell whether it was done and not refused."""
    try:
        with transaction.atomic():
            act()
    except Refused:
        return False
    return True


@dataclass
class Drawn:
    """A docket as the model knows it: whose it is, what for, which applications are on it, which it still holds."""

    pk: int
    office: str
    purpose: str
    numbers: tuple[int, ...]
    held: set[int]
    is_open: bool = True

    def end(self) -> None:
        self.is_open = False
        self.held.clear()


class JointWalk(RuleBasedStateMachine):
    """Every example has a season of its own and is rolled back."""

    scene: ClassVar[Scene]
    users: ClassVar[Mapping[str, User]]

    @classmethod
    def live_in(cls, scene: Scene, jury: Jury) -> None:
        """Name the people of a world; the applicants are made anew in each example."""
        officers = {name: getattr(scene.officers, name) for name in ("unit", "county", "city", "region", "auditor")}
        chosen = dict(zip(CHOSEN, (*jury.experts, *jury.members), strict=True))
        others = {"institute": jury.institute, "colleague": jury.colleague, "stranger": scene.stranger}
        cls.scene, cls.users = scene, {**officers, **chosen, **others}

    @initialize(files=packs(), chance=st.randoms(use_true_random=True))
    def begin(self, files: PackFiles, chance: Random) -> None:
        self.undone = ExitStack()
        self.undone.enter_context(transaction.atomic())
        self.chance, self.at = chance, self.scene.at
        scene = replace(self.scene, season=self.season_of(files))
        self.drafts = [make_draft(scene), make_draft(scene)]
        steps, resumes = route_of(files)
        self.models = [Model(steps, resumes, draft.content["application.plan"]) for draft in self.drafts]
        self.dockets: list[Drawn] = []
        self.desks = {name: desk_of(self.users[name]) for name in (*PARTIES, "region", "colleague")}
        self.actors = {name: actor(user) for name, user in self.users.items()} | {"clock": CLOCK}
        self.seen: list[Any] = []

    def season_of(self, files: PackFiles) -> Season:
        """Open a season of a pack, which must be found well-formed."""
        act: dict[str, Any] = {"by": self.scene.office, "at": self.scene.at}
        season = seasons.prepare(
            files=files, jurisdiction=self.scene.region, year=self.scene.at.year, title="随机的政策", **act
        )
        return seasons.start(season=season, **act)

    @rule(number=st.integers(0, 1))
    def something_happens(self, number: int) -> None:
        """Go on in one of the ways, all of them open in every example."""
        ways = {
            self.anybody_acts: 2,
            self.the_office_hurries: 1,
            self.people_go_on: 4,
            self.those_asked_speak: 2,
            self.who_had_it_regrets: 1,
            self.a_docket_moves: 2,
            self.somebody_writes: 1,
            self.somebody_looks: 1,
            self.the_clock_moves: 1,
        }
        (way,) = self.chance.choices(list(ways), list(ways.values()))
        way(number, self.chance)

    def anybody_acts(self, number: int, chance: Random) -> None:
        self.act(number, any_act(chance, self.at), chance.choice([0, 0, 0, 0, -1, 1]))

    def the_office_hurries(self, number: int, chance: Random) -> None:
        who = self.models[number].office or "region"
        self.act(number, replace(any_act(chance, self.at), who=who, action="pass_up"))

    def who_had_it_regrets(self, number: int, chance: Random) -> None:
        model = self.models[number]
        before = model.steps[max(0, model.number - 1)]["office"]
        self.act(number, replace(any_act(chance, self.at), who=before, action="recall"))

    def people_go_on(self, number: int, chance: Random) -> None:
        """Do something that is allowed; a public notice is given its days."""
        model = self.models[number]
        if model.until is not None and model.act_awaited == "notice":
            self.at += timedelta(days=chance.randrange(6))
        tried = [self.sensible(model, who, action, chance) for who in PEOPLE for action in ACTIONS]
        allowed = [act for act in tried if model.after(act)]
        for act in chance.choices(allowed, [LIKELY.get(act.action, 1) for act in allowed]) if allowed else []:
            self.act(number, act)

    def sensible(self, model: Model, who: str, action: str, chance: Random) -> Act:
        """Return an act of somebody as he would do it who knows what is asked."""
        of = model.step.get("verdicts", {}).get("of", ())
        known = [name for each in of for name in CROWDS.get(each, (each,))]
        parties = model.named | frozenset(chance.sample(known, chance.randint(0, len(known))))
        earlier = range(model.came_from + 1 if action == "reopen" else model.number)
        to = chance.choice([*earlier] if action == "reopen" else [None, *earlier])
        said: dict[str, Any] = {"party": who, "word": chance.choice(WORDS), "opinion": "意见", "is_on_this_text": True}
        return replace(any_act(chance, self.at), who=who, action=action, to=to, parties=parties, **said)

    def those_asked_speak(self, number: int, chance: Random) -> None:
        for party in sorted(self.models[number].parties):
            act = self.sensible(self.models[number], party, "give_verdict", chance)
            if chance.random() < 0.7:
                self.act(number, replace(act, points=max(act.points, 50)))

    def act(self, number: int, act: Act, off: int = 0) -> None:
        before, pk = self.models[number], self.drafts[number].pk
        after = before.after(act) if off == 0 else None
        (outcome,) = door.advance(
            Application,
            {pk: before.acts + off},
            act.action,
            by=self.actor_of(act.who, number),
            at=act.at,
            opinion=act.opinion,
            ground="依据",
            details=self.details(act, number),
        )
        assert outcome.done == (after is not None), (act, before, outcome.refusals)
        self.models[number] = after or before

    def details(self, act: Act, number: int) -> dict[str, Any]:
        """Return what the services put beside an act."""
        match act.action:
            case "ask":
                return {"parties": sorted(self.desks[name] for name in act.parties)}
            case "announce":
                return {"until": (act.day + timedelta(days=4)).isoformat()}
            case "give_verdict":
                text = digest_of(self.record(number).subject()) if act.is_on_this_text else "0" * 64
                sheet = {"skill": act.points * 3 // 5, "plan": act.points - act.points * 3 // 5}
                party = self.desks.get(act.party, "nobody@region:1")
                is_scored = self.models[number].is_scored
                mark = mark_of(self.record(number), "application", party)
                said = {"party": party, "word": act.word, "digest": text, "sheet": sheet if is_scored else {}}
                return {**said, "replaces": mark, "is_confirmed": True}
        return {} if act.to is None else {"to": act.to}

    def record(self, number: int) -> Application:
        return Application.objects.get(pk=self.drafts[number].pk)

    def actor_of(self, who: str, number: int) -> Actor:
        if who.endswith("applicant"):
            return actor(user_of(self.drafts[number if who == "applicant" else 1 - number]))
        return self.actors[who]

    def somebody_writes(self, number: int, chance: Random) -> None:
        who, plan = chance.choice(["applicant", "applicant", *PEOPLE]), chance.choice("甲乙")
        model, by = self.models[number], self.actor_of(who, number)
        typed = {"application.plan": plan}
        done = is_done(lambda: writing.save(record=self.drafts[number], typed=typed, by=by, at=self.at))
        assert done == (who == "applicant" and model.may_be_written(self.at))
        self.models[number] = replace(model, text=plan) if done else model

    def somebody_looks(self, number: int, chance: Random) -> None:
        model = self.models[number]
        who = chance.choice(PEOPLE) if chance.random() < 0.5 else model.office or "region"
        desks.open_paper(record=self.record(number), by=self.actor_of(who, number), at=self.at)
        if model.office == who:
            self.models[number] = replace(model, may_be_recalled=False)

    def the_clock_moves(self, number: int, chance: Random) -> None:
        """Let time pass, or put the clock back."""
        self.at += timedelta(hours=chance.randint(-100, 100))

    def a_docket_moves(self, number: int, chance: Random) -> None:
        """Draw up, close or discard one: whoever sits at its desk, or anybody; and one that is asked for first."""
        model, who = self.models[number], chance.choice(PEOPLE) if chance.random() < 0.3 else ""
        if model.docket_asked() and not any(number in docket.held for docket in self.dockets):
            self.draw_up([number], model.docket_asked(), model.office)
        elif chance.random() < 0.3 or not self.dockets:
            numbers = chance.choice([[number], [number, 1 - number]])
            self.draw_up(numbers, chance.choice(DocketPurpose.values), who)
        elif chance.random() < 0.8:
            self.close(chance.choice(self.dockets[-2:]), who, chance)
        else:
            self.discard(chance.choice(self.dockets[-2:]), who)

    def draw_up(self, numbers: Sequence[int], purpose: str, who: str) -> None:
        offices = {self.models[number].office for number in numbers}
        if "" in offices:
            return
        who = who or min(offices)
        by = self.actor_of(who, 0)
        held = {number for docket in self.dockets if docket.office == who for number in docket.held}
        papers = [Paper.objects.get(record=self.drafts[number].pk, latest=True) for number in numbers]
        done = is_done(lambda: desks.draw_up(papers=papers, purpose=purpose, title="会", by=by, at=self.at))
        assert done == (offices == {who} and held.isdisjoint(numbers))
        if done:
            for docket in self.dockets:
                docket.held -= set(numbers)
            self.dockets.append(Drawn(Docket.objects.latest("pk").pk, who, purpose, tuple(numbers), set(numbers)))

    def close(self, drawn: Drawn, who: str, chance: Random) -> None:
        who = who or drawn.office
        words = {number: chance.choice(["agree", "agree", "refuse"]) for number in drawn.numbers}
        if drawn.is_open:
            self.write_up(drawn, words)
        moved = {number: self.models[number].after(self.decided(drawn, who, word)) for number, word in words.items()}
        by, docket = self.actor_of(who, 0), Docket.objects.get(pk=drawn.pk)
        done = is_done(lambda: desks.close_docket(docket=docket, by=by, at=self.at))
        assert done == (drawn.is_open and who == drawn.office and all(moved.values())), (drawn, words)
        if done:
            self.models = [moved.get(number) or model for number, model in enumerate(self.models)]
            drawn.end()

    def decided(self, drawn: Drawn, who: str, word: str) -> Act:
        """Return what a word on a docket comes to."""
        return Act(who, "pass_up" if word == "agree" else "reject", self.at, docket=(drawn.purpose, word))

    def write_up(self, drawn: Drawn, words: Mapping[int, str]) -> None:
        docket, officer = Docket.objects.get(pk=drawn.pk), self.users[drawn.office]
        note = {"ground": "needs", "note": "会议意见"}
        said = {self.drafts[number].pk: {"word": word, **note} for number, word in words.items()}
        write_up(docket, officer, self.at)
        desks.note_decision(docket=docket, said=said, by=self.actors[drawn.office], at=self.at)

    def discard(self, drawn: Drawn, who: str) -> None:
        who = who or drawn.office
        by, docket = self.actor_of(who, 0), Docket.objects.get(pk=drawn.pk)
        done = is_done(lambda: desks.discard_docket(docket=docket, by=by, at=self.at))
        assert done == (drawn.is_open and who == drawn.office)
        if done:
            drawn.end()

    @invariant()
    def each_record_is_where_the_model_says(self) -> None:
        records = Application.objects.in_bulk([draft.pk for draft in self.drafts])
        for draft, model in zip(self.drafts, self.models, strict=True):
            record = records[draft.pk]
            state = STATE_OF_ACT[model.act_awaited] if model.act_awaited else model.place
            assert (record.state, record.version, record.log_count) == (state, model.acts, model.acts)
            assert record.notice_until == model.until

    @invariant()
    def the_open_papers_are_those_of_the_model(self) -> None:
        papers = Paper.objects.filter(record__in=[draft.pk for draft in self.drafts], done=None)
        wanted = {
            (draft.pk, self.desks.get(name, draft.starter), is_its_own)
            for draft, model in zip(self.drafts, self.models, strict=True)
            for name, is_its_own in model.papers()
        }
        assert sorted(papers.values_list("record", "desk", "latest")) == sorted(wanted)

    @invariant()
    def the_words_that_count_are_those_of_the_model(self) -> None:
        verdicts = Verdict.objects.filter(record__in=[draft.pk for draft in self.drafts], void=None)
        counting = [
            (draft.pk, step, self.desks[party], said.word, said.points)
            for draft, model in zip(self.drafts, self.models, strict=True)
            for (step, party), said in model.words.items()
        ]
        found = verdicts.values_list("record", "step", "party", "word", "points")
        assert sorted(found, key=str) == sorted(counting, key=str)

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        """Ask for all, as they are now, whenever something has moved."""
        moved = [(model.place, model.was_handed_in, model.parties) for model in self.models]
        if moved == self.seen:
            return
        self.seen = moved
        self.actors |= {name: actor(self.users[name]) for name in (*CHOSEN, "colleague")}
        keys = {draft.pk: model for draft, model in zip(self.drafts, self.models, strict=True)}
        for name in self.users:
            assert self.seen_by(name, 0) == {pk for pk, model in keys.items() if model.is_seen_by(name)}, name
        assert [self.seen_by("applicant", number) for number in (0, 1)] == [{pk} for pk in keys]

    def seen_by(self, who: str, number: int) -> set[int]:
        visible = selectors.visible_to(self.actor_of(who, number), self.at)
        return set(visible.filter(pk__in=[draft.pk for draft in self.drafts]).values_list("pk", flat=True))

    def teardown(self) -> None:
        with self.undone:
            report = audit.verify()
            numbers = [list(self.log_of(draft)) for draft in self.drafts]
            transaction.set_rollback(True)
        assert report.faults == ()
        assert numbers == [list(range(1, model.acts + 1)) for model in self.models]

    def log_of(self, draft: Application) -> Any:
        """Return the numbers of a record's log in the order in which its rows were written."""
        rows = LogEntry.objects.filter(kind="application", record=draft.pk)
        return rows.order_by("pk").values_list("n", flat=True)
