"""One season from its opening to its notices, and a second one for the newcomer to try."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from apps.applications import services as applications
from apps.applications.models import Application
from apps.core import door
from apps.core.actors import Actor
from apps.core.refs import Ref
from apps.core.refusals import Refused
from apps.core.uploads import Accepted
from apps.desks import services as desks
from apps.desks.facts import is_on_docket
from apps.desks.models import Paper
from apps.desks.routes import starting_desk
from apps.desks.states import ENDED, OFFICE_ACTS, REFUSABLE, WRITING, DeskState
from apps.directory.models import Person, Region, User
from apps.directory.selectors import actor_for, users_at
from apps.notices import services as notices
from apps.notices.models import Notice
from apps.notices.states import NoticeState
from apps.policies.loading import PackFiles
from apps.policies.schema import APPLICANT, Pack
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of
from apps.writing import services as writing
from apps.writing.selectors import form_of, submissions_of
from workflows import steps
from workflows.demo import agreeing, changing, forms, pairing, recognising, selecting, signing
from workflows.demo.play import KIND, Play
from workflows.demo.samples import picture

RETURNED, REFUSED, WITHDRAWN, INELIGIBLE, STARTED_BY_OFFICE = 0.06, 0.04, 0.03, 0.02, 0.3


def opened(
    *, files: PackFiles, jurisdiction: Region, year: int, title: str, office: Actor, opens: datetime, days: int
) -> Season:
    """Prepare a season, put its application window around the days at hand, and start it."""
    season = seasons.prepare(files=files, jurisdiction=jurisdiction, year=year, title=title, by=office, at=opens)
    process = pack_of(season).processes.application
    window = season.windows.get(key=process.window)
    first = timezone.localdate(opens)
    season = seasons.set_window(
        window=window,
        opens=first,
        closes=first + timedelta(days=days),
        grace_days=0,
        reason="演示数据：按当前日期设定",
        by=office,
        at=opens,
    )
    return seasons.start(season=season, by=office, at=opens)


def apply_all(play: Play, people: Iterable[Person]) -> None:
    """Let people apply, each for a county; some do not meet the requirements, some think better of it.

    Where an office may start applications, it starts some of them.
    """
    pack = pack_of(play.season)
    document = picture()
    offices = _starting_offices(play, pack)
    users = User.objects.filter(person__in=list(people)).select_related("person__unit__region")
    for user in users.order_by("pk"):
        is_chosen = bool(offices) and play.chance.random() < STARTED_BY_OFFICE
        actor = play.chance.choice(offices) if is_chosen else actor_for(user)
        assert user.person is not None
        draft = _written(play, user.person, actor, pack, document)
        if not is_chosen:
            pairing.come_to_terms(play, draft, actor)
        if play.chance.random() < INELIGIBLE:
            draft = _spoil(play, draft, actor, pack)
        try:
            given = forms.reasons(draft.content, pack)
            handed_in = writing.submit(record=draft, by=actor, at=play.at, reasons=given)
        except Refused:
            play.diary.ineligible += 1
            continue
        play.diary.note(handed_in, "提交", "机关发起" if is_chosen else "提交")
        if play.chance.random() < WITHDRAWN:
            (handed_in,) = agreeing.loaded([handed_in.pk])
            gone = desks.withdraw(record=handed_in, by=actor, at=play.at, opinion="工作安排有变。")
            play.diary.note(gone, "提交", "撤回申请")


def _starting_offices(play: Play, pack: Pack) -> list[Actor]:
    """Return an officer of each office that may start an application for somebody else."""
    here: dict[str, Ref | None] = {"jurisdiction": Ref("region", play.season.jurisdiction_id)}
    starters = {route.starts for route in pack.processes.application.routes} - {APPLICANT}
    holders = users_at({starting_desk(pack, each, here) for each in sorted(starters)}, play.at)
    return [actor_for(users[0]) for users in holders.values()]


def _written(play: Play, person: Person, actor: Actor, pack: Pack, document: Accepted) -> Application:
    begin = applications.start if actor.person_id == person.pk else applications.start_for
    draft = begin(season=play.season, person=person, by=actor, at=play.at)
    county = forms.own_county(person) or play.chance.choice(play.counties)
    host = play.chance.choice(play.hosts[county]) if play.hosts else None
    typed = forms.fill(person, county, host, pack, play.chance)
    draft = writing.save(record=draft, typed=typed, by=actor, at=play.at)
    for step in form_of(draft):
        for wanted in step.attachments:
            if wanted.required:
                draft = writing.attach(record=draft, wanted=wanted, accepted=document, by=actor, at=play.at)
    return draft


def _spoil(play: Play, draft: Application, actor: Actor, pack: Pack) -> Application:
    """Change one answer so that a requirement of the pack is not met: the last yes becomes a no, if there is one."""
    yes = [name for name, value in draft.content.items() if value == "yes"]
    return writing.save(record=draft, typed=dict.fromkeys(yes[-1:], "no"), by=actor, at=play.at)


def clear_desks(play: Play) -> None:
    """Let every office deal with what lies on its desks, day by day, until only notices and ends are left."""
    while papers := _waiting(play):
        play.sleep(1)
        by_desk: dict[str, list[int]] = defaultdict(list)
        for desk, record in papers:
            by_desk[desk].append(record)
        for desk, records in by_desk.items():
            for start in range(0, len(records), door.BATCH_LIMIT):
                _decide(play, play.holder_of(desk), records[start : start + door.BATCH_LIMIT])
        _correct_returned(play)


def _waiting(play: Play) -> list[tuple[str, int]]:
    rows = Paper.objects.filter(season=play.season, kind=KIND, done=None, state__in=OFFICE_ACTS, latest=True)
    return list(rows.order_by("desk", "record").values_list("desk", "record"))


def _decide(play: Play, officer: Actor, records: Sequence[int]) -> None:
    """Return some of at most 500 for correction once, refuse some, agree to the rest in one act."""
    agreed: list[Application] = []
    for record in agreeing.loaded(records):
        drawn = play.chance.random()
        step = record.present_step()["label"]
        if drawn < RETURNED and not submissions_of(record).filter(n__gt=1).exists():
            desks.send_back(
                record=record, by=officer, at=play.at, opinion="请补充服务计划的具体内容。", fields=["application.plan"]
            )
            play.diary.note(record, step, "退回修改")
        elif drawn < RETURNED + REFUSED and record.state in REFUSABLE and not is_on_docket(record):
            agreeing.refuse(play, officer, record)
        else:
            agreed.append(record)
    agreeing.agree(play, officer, agreed)


def _correct_returned(play: Play) -> None:
    for record in Application.objects.filter(season=play.season, state=DeskState.RETURNED).order_by("pk"):
        actor = play.holder_of(record.starter)
        plan = f"{record.content.get('application.plan', '')}每季度举办一次培训，全年不少于4次。"
        record = writing.save(record=record, typed={"application.plan": plan}, by=actor, at=play.at)
        handed_in = writing.submit(record=record, by=actor, at=play.at)
        play.diary.note(handed_in, "提交", "更正后提交")


def put_on_notice(play: Play) -> None:
    """Publish all who wait for it on one list, then let the period pass by the clock."""
    waiting = Application.objects.filter(season=play.season, state=DeskState.ON_NOTICE, notice_until=None)
    seen = dict(waiting.values_list("pk", "version"))
    if not seen:
        return
    published = notices.announce(season=play.season, kind=KIND, seen=seen, by=play.office, at=play.at)
    play.say(f"公示{len(seen)}人，{published.opens}至{published.closes}")
    play.sleep((published.closes - published.opens).days + 1)
    steps.season_tick(play.at)


def issue_notices(play: Play) -> None:
    """Let the clock draft the notices, and the office sign each."""
    steps.season_tick(play.at)
    drafts = Notice.objects.filter(season=play.season, state=NoticeState.DRAFT).order_by("region")
    for notice in drafts.select_related("season", "region"):
        issued = notices.issue(notice=notice, by=play.office, at=play.at)
        play.say(f"印发{issued.document}" if issued.document else str(issued))


def run_through(play: Play, people: Sequence[Person]) -> None:
    """Run a season to its end: applying, deciding, public notice, notices, and all that follows for those in service.

    What follows is agreements, a change within the term, counties and villages, and hosts that are recognised.
    """
    apply_all(play, people)
    play.say(f"提交{len(people)}份申请")
    clear_desks(play)
    put_on_notice(play)
    clear_desks(play)
    issue_notices(play)
    signing.sign_all(play)
    changing.change(play)
    selecting.select(play)
    recognising.recognise_and_file(play)


def run_halfway(play: Play, people: Sequence[Person]) -> None:
    """Leave a season in the middle: something on every desk, for the newcomer to decide."""
    apply_all(play, people)
    quarter = max(1, len(people) // 4)
    moving = list(Application.objects.filter(season=play.season).exclude(state__in=[*ENDED, *WRITING]).order_by("pk"))
    for number, record in enumerate(moving):
        _push(play, record, min(number // quarter, len(record.route)))


def _push(play: Play, record: Application, times: int) -> None:
    for _ in range(times):
        if record.state not in OFFICE_ACTS:
            return
        agreeing.agree(play, play.holder_of(record.desk), [record])
        (record,) = agreeing.loaded([record.pk])
