"""One of everything that has an address, and everybody who might ask for it."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

from apps.applications.models import Application
from apps.appointments.models import Appointment, Signature
from apps.appointments.selectors import CHANGE
from apps.appointments.states import AgreementState
from apps.core import tokens, uploads
from apps.desks.models import Paper
from apps.desks.states import DeskState, DocketPurpose
from apps.directory import services as directory
from apps.directory.models import Post, Region, User
from apps.directory.states import Role
from apps.matching import services as matching
from apps.matching.models import Adjustment, AllocationRun, KeyClient, Outcome, Village
from apps.matching.services.places import choose_base
from apps.matching.states import PlacementState
from apps.notices.models import Document, Message, Notice, NumberBook
from apps.notices.services import announce, publish_announcement
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.states import SeasonState
from tests.factories import (
    AFTER_NOTICE,
    AT,
    JPG,
    actor,
    build_city,
    fresh,
    make_applicant,
    make_application,
    make_draft,
    make_issued_notice,
    make_officer,
    make_passed,
    make_season,
    make_unit,
    make_user,
    run_effects,
    user_of,
)
from tests.factories.agreements import again, make_agreement, sign_as, void_as
from tests.factories.allocation import make_run
from tests.factories.changes import KEY, begin_change, make_change, write_change
from tests.factories.every_act import ask, build_every_act, docket_of, drive_to, write_up
from tests.factories.matching import (
    begin_entry,
    hand_entry_in,
    propose,
    publish_need,
    put_in_pool,
    submit_need,
    write_need,
)
from tests.factories.placing import make_clients, make_placement
from tests.factories.recognition import hosts_in, recognising_season
from tests.factories.seasons import merge_districts
from tests.factories.wishes import entries_for, groups_of, make_participant, make_wishes
from workflows import steps

NOW = AT + AFTER_NOTICE
ALLOCATIONS = {"分配批次": "computed", "公示批次": "on_notice"}
NEW_PASSWORD = "另一个足够长的口令"
NOWHERE = 987_654_321
ABSENT = {
    "key": "no_such_quota",
    "question": "no_such_question",
    "digest": "0" * 64,
    "number": "KTP000000",
    "code": "0" * 16,
}
"""What stands in an address for a thing that is not there, where that is no number; numbers are `NOWHERE`."""


class World:
    """`people` are the actors of the table; `things` holds for each thing what an address may need of it.

    A thing may have its own person: who asks as `applicant` for a thing is the person whom that thing concerns.
    """

    def __init__(self) -> None:
        self.joint, self.jury = build_every_act()
        self.prepared = Season.objects.get(state=SeasonState.DRAFT)
        season = make_season(self.joint.region, by=self.joint.office, at=AT, title="本批次")
        self.scene = replace(self.joint, season=season)
        self.city = build_city()
        self.concerned: dict[str, User] = {}
        self.things: dict[str, dict[str, Any]] = {}
        self.marks: dict[str, str] = {}
        """How a list that holds the thing shows it."""
        self._documents()
        self._agreements()
        self._applications()
        self._list()
        self._announcement()
        self._joint()
        self._seasons()
        self._posts()
        self._matching()
        self._wishes()
        self._placing()
        self._recognition()
        self.people = self._people()

    def _people(self) -> dict[str, User | None]:
        scene, city, officers = self.scene, self.city, self.scene.officers
        authority = Role.SCI_TECH_AUTHORITY
        people = {
            "anonymous": None,
            "disabled": make_officer(authority, scene.county),
            "nobody": make_user("无任职"),
            "applicant": self.concerned["application"],
            "other_applicant": scene.new_applicant(),
            "unit": officers.unit,
            "other_unit": make_officer(Role.DISPATCHING_UNIT, make_unit(scene.cities[0])),
            "county": officers.county,
            "substitute": self.substitutes[0],
            "substitute_over": self.substitutes[1],
            "ended": make_officer(authority, scene.county, ends=(NOW - timedelta(days=1)).date()),
            "sibling": make_officer(authority, scene.counties[1]),
            "city": officers.city,
            "other_city": make_officer(authority, scene.cities[1]),
            "region": make_officer(authority, scene.region),
            "expert": self.jury.experts[0],
            "other_expert": self.jury.experts[2],
            "member": self.jury.members[0],
            "institute": self.jury.institute,
            "office": officers.region,
            "auditor": officers.auditor,
            "administrator": make_officer(Role.ADMINISTRATOR, scene.region),
            "host": city.officers["host"],
            "other_host": city.stranger,
            "elsewhere_county": city.officers["county"],
            "elsewhere_city": city.officers["city"],
            "elsewhere_office": city.officers["issuer"],
            "elsewhere_auditor": make_officer(Role.AUDITOR, city.region),
        }
        User.objects.filter(pk=people["disabled"].pk).update(is_active=False)
        return people

    def _agreements(self) -> None:
        """One that is drafted, one without a host, one that is void, and one that its host has signed on paper."""
        drafted, lacking, void = (
            make_agreement(replace(self.city, applicant=make_applicant(self.city.unit)), **given)
            for given in ({"state": AgreementState.DRAFTED}, {"without": "host"}, {})
        )
        self._thing("drafted", f"/agreements/{drafted.pk}/", pk=drafted.pk)
        unnamed = lacking.signatories.get(party="host").number
        self._thing("lacking", f"/agreements/{lacking.pk}/", pk=lacking.pk, number=unnamed)
        void_as(self.city, void)
        self._thing("void", f"/agreements/{void.pk}/", void.person.user, pk=void.pk)
        scan = uploads.accept("盖章.jpg", io.BytesIO(JPG), ("jpg",), 5)
        signing = sign_as(self.city, make_agreement(self.city), "host", scan=scan)
        self.agreements = {"drafted": drafted, "lacking": lacking, "signing": again(signing)}
        number = signing.signatories.get(party="person").number
        parts = {"pk": signing.pk, "number": number, "digest": Signature.objects.get().scan["digest"]}
        self._thing("signing", f"/agreements/{signing.pk}/", self.city.applicant, **parts)
        self._changes(void.person.user, drafted.person.user)

    def _changes(self, writer: User, reporter: User) -> None:
        """An appointment of which nothing changes, one with a change that is written, one with a change reported."""
        now = Appointment.objects.get(person=self.city.applicant.person)
        self._thing("served", f"/appointments/{now.pk}/", self.city.applicant, pk=now.pk, key=KEY)
        own = replace(self.city, applicant=writer)
        written, reported = write_change(own, begin_change(own)), make_change(replace(self.city, applicant=reporter))
        self.changes = {"own_change": written, "change": reported}
        for thing, change in self.changes.items():
            parts = {"pk": change.pk, "kind": CHANGE, "digest": change.files["material"][0]["digest"], "step": 1}
            self._thing(thing, f"/{CHANGE}/{change.pk}/", change.person.user, **parts)

    def _applications(self) -> None:
        scene = self.scene
        other = replace(self.city, applicant=make_applicant(self.city.unit, name="李测试"))
        self.records: dict[str, Application] = {}
        made = {
            "draft": make_draft(scene),
            "unread": make_application(scene, DeskState.AWAITING_REVIEW),
            "application": make_application(scene, DeskState.AWAITING_REVIEW),
            "listed": make_application(scene, DeskState.ON_NOTICE),
            "unlisted": make_application(scene, DeskState.ON_NOTICE),
            "elsewhere": other.submit(other.from_below(**{"person.name": "李测试"})),
        }
        for thing, record in made.items():
            self._record(thing, fresh(record))
        run_effects(scene.at)
        message = Message.objects.filter(user=self.concerned["application"]).first()
        assert message is not None
        self._thing("message", f"/messages/{message.pk}/", self.concerned["application"], pk=message.pk)

    def _record(self, thing: str, record: Application) -> None:
        self.records[thing] = record
        self._thing(
            thing,
            record.person.name,
            user_of(record),
            kind="application",
            pk=record.pk,
            field="phone",
            digest=next(one["digest"] for files in record.files.values() for one in files),
            number=record.number,
            fact="person.unit",
            wanted="diploma",
            step=1,
        )

    def _documents(self) -> None:
        scene = self.scene
        issued = make_issued_notice(scene)
        certificate = Document.objects.select_related("holder__user").get(kind="certificate", season=scene.season)
        holder = certificate.holder.user
        self._thing("certificate", certificate.code, holder, code=certificate.code)
        self._thing("appointment", certificate.holder.name, holder)
        self._thing("official", issued.document.code, code=issued.document.code)
        make_passed(scene)
        steps.draft_notices(NOW)
        self.notice = Notice.objects.get(state="draft", season=scene.season)
        self._thing("notice", f"/notices/{self.notice.pk}/", pk=self.notice.pk)

    def _list(self) -> None:
        scene, listed = self.scene, self.records["listed"]
        seen = {listed.pk: listed.version}
        published = announce(season=scene.season, kind="application", seen=seen, by=scene.office, at=NOW)
        self._thing("list", f"/public/lists/{published.pk}/", pk=published.pk)

    def _joint(self) -> None:
        """An application of the season of every act before each of: experts, a list of its unit, a second attempt."""
        scene, jury = self.joint, self.jury
        scored = drive_to(scene, jury, DeskState.AWAITING_SCORES)
        ask(scored, actor(scene.officers.city), jury.experts[:2], AT)
        listed, listable = (drive_to(scene, jury, DeskState.AWAITING_CONSENT) for _ in range(2))
        turned_down = make_application(self.scene, DeskState.REJECTED)
        for thing, record in {"scored": scored, "listable": listable, "turned_down": turned_down}.items():
            self._record(thing, fresh(record))
        docket = docket_of(listed, scene.officers.unit, DocketPurpose.LIST, AT)
        self.docket = write_up(docket, scene.officers.unit, AT)
        self._thing("docket", f"/dockets/{docket.pk}/", pk=docket.pk)

    def _posts(self) -> None:
        scene = self.scene
        holder = actor(scene.officers.county)
        post = Post.objects.get(user=scene.officers.county)
        below = Region.objects.filter(supervisor=scene.county).order_by("pk")[0]
        self.substitutes = [make_officer(Role.SCI_TECH_AUTHORITY, below) for _ in range(2)]
        today = NOW.date()
        days = {self.substitutes[1]: (AT.date(), today - timedelta(days=1)), self.substitutes[0]: (today, today)}
        for user, (starts, ends) in days.items():
            stood_in = directory.substitute(
                post=post, substitute=user, starts=starts, ends=ends, reason="出差", by=holder, at=AT
            )
        self.successor = make_officer(Role.SCI_TECH_AUTHORITY, below)
        self._thing("post", f"/posts/{post.pk}/", pk=post.pk)
        self._thing("substitution", str(stood_in.pk), pk=stood_in.pk)

    def _announcement(self) -> None:
        told = publish_announcement(
            season=self.scene.season, title="公告", text="正文", by=self.scene.office, at=NOW, token="announced"
        )
        self._thing("announcement", f"/public/notices/{told.pk}/", pk=told.pk)

    def _matching(self) -> None:
        """Needs before and after they are published, places in the pool before and after, a pairing with the host."""
        city = self.city
        names = ("甲在库", "乙待审", "丙填写")
        others = [replace(city, applicant=make_applicant(city.unit, name=name)) for name in names]
        pooled, waiting, begun = put_in_pool(others[0]), hand_entry_in(others[1]), begin_entry(others[2])
        self.matching = {"need": submit_need(city), "own_need": write_need(city), "entry": waiting, "own_entry": begun}
        self.matching |= {"published": publish_need(city), "pairing": propose(others[0])}
        for thing in ("need", "own_need"):
            self._thing(thing, f"/needs/{self.matching[thing].pk}/", pk=self.matching[thing].pk)
        need = self.matching["published"]
        self._thing("published", f"/public/needs/{need.pk}/", pk=need.pk)
        self._thing("entry", f"/pool/{waiting.pk}/", others[1].applicant, pk=waiting.pk)
        self._thing("own_entry", f"/pool/{begun.pk}/", others[2].applicant, pk=begun.pk)
        self._thing("pooled", f"/commissioners/{pooled.person_id}/", others[0].applicant, pk=pooled.person_id)
        pairing = self.matching["pairing"]
        self._thing("pairing", f"/pairings/{pairing.pk}/", others[0].applicant, pk=pairing.pk)

    def _wishes(self) -> None:
        """Wishes begun and handed in; an allocation in which somebody is asked, and one on notice."""
        scene, group = self.scene, groups_of(self.scene)[0]
        begun, handed_in = (make_participant(scene) for _ in range(2))
        by, entries = actor(begun.person.user), entries_for([group])
        draft = matching.save_wishes(participant=begun, entries=entries, by=by, at=AT)
        wishes = make_wishes(scene, [group], handed_in)
        self.wish_lists = {"wishing": draft, "wishes": wishes}
        self._thing("wishing", f"/wishes/{scene.season.pk}/", begun.person.user, season=scene.season.pk)
        self._thing("wishes", f">{handed_in.person.name}</td>", handed_in.person.user, season=scene.season.pk)
        self._thing("group", group.name, pk=group.pk)
        run, shown = (self._allocation(title, state) for title, state in ALLOCATIONS.items())
        first, second = Outcome.objects.filter(run=run, rank=1).order_by("pk")[:2]
        to = ServiceGroup.objects.filter(season=run.season, counties=scene.counties[2]).get()
        matching.adjust(run=run, person=first.person, to=to, reason="急需", basis="", by=scene.office, at=NOW)
        self.run, self.moved_to = AllocationRun.objects.get(pk=run.pk), to
        parts = {"pk": run.pk, "person": second.person_id, "group": second.group_id}
        self._thing("run", f"/allocation/{run.pk}/", **parts)
        self._thing("shown_run", f"/allocation/{shown.pk}/", pk=shown.pk)
        self.adjustment = Adjustment.objects.get(run=run)
        mark = f"/allocation/adjustments/{self.adjustment.pk}/"
        self._thing("adjustment", mark, first.person.user, pk=self.adjustment.pk)

    def _allocation(self, title: str, state: str) -> AllocationRun:
        season = make_season(self.scene.region, by=self.scene.office, at=AT, title=title)
        return make_run(replace(self.scene, season=season), state)

    def move_ticket(self) -> str:
        return tokens.issue("adjustment", {self.adjustment.pk: self.adjustment.version})

    def _placing(self) -> None:
        """A placement in its county's hands, and one confirmed, of whose people one has bound his assessment base."""
        titles = ("挂村批次", "定点批次")
        seasons = [make_season(self.scene.region, by=self.scene.office, at=AT, title=title) for title in titles]
        self.placement = make_placement(replace(self.scene, season=seasons[0]))
        served = self.placement.servings.order_by("pk")[0]
        parts = {"pk": self.placement.pk, "season": seasons[0].pk, "person": served.person_id}
        self._thing("placement", f"/placements/{self.placement.pk}/", **parts)
        self.client, _, self.unserved_client = make_clients(replace(self.scene, season=seasons[0]), 3)
        self.free_village = Village.objects.filter(season=seasons[0], kinds=[]).get()
        self.free_village.servings.all().delete()
        self._thing("client", f"/placing/clients/{self.client.pk}/", pk=self.client.pk)
        confirmed = make_placement(replace(self.scene, season=seasons[1]), PlacementState.CONFIRMED)
        bound, unbound = {row.person_id: row for row in confirmed.servings.order_by("person")}.values()
        place = f"/placing/{seasons[1].pk}/base/"
        served = confirmed.servings.filter(person=bound.person_id).exclude(village=None).order_by("pk")
        parts = {"season": seasons[1].pk, "village": served[0].village_id}
        self._thing("bound", f"{place}release/", bound.person.user, **parts)
        self._thing("unbound", place, unbound.person.user, season=seasons[1].pk)
        self.free_client = KeyClient.objects.filter(season=seasons[1]).order_by("pk")[1]
        taken = KeyClient.objects.filter(season=seasons[1]).order_by("pk")[0]
        choose_base(season=seasons[1], client=taken.pk, by=actor(bound.person.user), at=NOW)

    def _recognition(self) -> None:
        """A draft, one waiting to be recommended, one on its county's list, and the list of a county being filed."""
        city, region = self.city, self.city.region
        season = recognising_season(region, city.by("issuer"))
        officers = {**city.officers, "institute": make_officer(Role.SCI_TECH_INSTITUTE, region)}
        here = hosts_in(season, city.county, officers, NOW).another("在册户")
        there = hosts_in(season, city.stranger.posts.get().organization.region, officers, NOW)
        county = make_officer(Role.SCI_TECH_AUTHORITY, there.county)
        neighbour = replace(there, officers={**there.officers, "county": county})
        self.household = here.another("可申报户")
        self.target = here.recognise()
        neighbour.recognise()
        self.filing = neighbour.hand_list_in()
        drafting, waiting = here.another("填写户"), here.another("待推荐户")
        self.recognition, handed_in = drafting.begin(), waiting.hand_in()
        mark = f"/records/recognition/{handed_in.pk}/"
        opening = {"season": season.pk, "host": self.household.host.pk}
        self._thing("household", "/targets/recognitions/start/", self.household.officers["host"], **opening)
        self._thing(
            "own_recognition", "填写户", drafting.officers["host"], pk=self.recognition.pk, kind="recognition", step=1
        )
        self._thing("recognition", mark, waiting.officers["host"], pk=handed_in.pk, kind="recognition")
        self._thing("to_recommend", mark, waiting.officers["township"], pk=handed_in.pk, kind="recognition")
        self._thing("target", here.host.name, here.officers["host"], pk=self.target.pk)
        self._thing("filing", f"/targets/filings/{self.filing.pk}/", officers["institute"], pk=self.filing.pk)

    def target_ticket(self, thing: str) -> str:
        record = {"target": self.target, "filing": self.filing}[thing]
        return tokens.issue({"filing": "list_filing"}.get(thing, thing), {record.pk: record.version})

    def written_ticket(self, thing: str) -> str:
        """Return the token of the check page of a form."""
        record = {**self.records, **self.changes, "own_recognition": self.recognition}[thing]
        return tokens.issue(self.things[thing]["kind"], {record.pk: record.version})

    def placement_ticket(self) -> str:
        return tokens.issue("placement", {self.placement.pk: self.placement.version})

    def contact_ticket(self) -> str:
        return tokens.issue("village_contact", {0: 0})

    def run_ticket_of(self, thing: str) -> str:
        run = self.run if thing == "run" else AllocationRun.objects.get(pk=self.things[thing]["pk"])
        return tokens.issue("allocation_run", {run.pk: run.version})

    def wishes_ticket(self, thing: str) -> str:
        wishes = self.wish_lists[thing]
        return tokens.issue("wish_list", {wishes.pk: wishes.version})

    def _seasons(self) -> None:
        self.prepared = merge_districts(self.prepared, by=self.joint.office, at=AT)
        self.seasons = {"season": self.scene.season, "prepared": self.prepared, "elsewhere_season": self.city.season}
        for thing, season in self.seasons.items():
            self._thing(
                thing,
                f'/seasons/{season.pk}/"',
                pk=season.pk,
                season=season.pk,
                window=season.windows.get(key="application").pk,
                key=getattr(season.quotas.order_by("pk").first(), "key", "none"),
                quota=getattr(season.quotas.order_by("pk").first(), "pk", NOWHERE),
                group=season.service_groups.order_by("pk")[0].pk,
                book=NumberBook.objects.order_by("pk")[0].pk,
                question="notice_days",
            )

    def _thing(self, name: str, mark: str, concerned: User | None = None, **parts: Any) -> None:
        self.things[name] = parts
        self.marks[name] = mark
        if concerned:
            self.concerned[name] = concerned

    def person(self, actor: str, thing: str) -> User | None:
        """Return who asks: for a thing of a person's own, `applicant` is that person."""
        return self.concerned[thing] if actor == "applicant" and thing in self.concerned else self.people[actor]

    def ticket(self, thing: str, kind: str = "application") -> str:
        """Return the token of a form opened on an application."""
        record = self.records[thing]
        return tokens.issue(kind, {record.pk: record.version})

    def run_ticket(self, thing: str, kind: str = "season") -> str:
        season = self.seasons[thing]
        return tokens.issue(kind, {season.pk: season.version})

    def notice_ticket(self) -> str:
        return tokens.issue("notice", {self.notice.pk: self.notice.version})

    def agreement_ticket(self, thing: str) -> str:
        agreement = self.agreements[thing]
        return tokens.issue("agreement", {agreement.pk: agreement.version})

    def announcement_ticket(self) -> str:
        return tokens.issue("announcement", {self.scene.season.pk: self.scene.season.version})

    def docket_ticket(self) -> str:
        return tokens.issue("docket", {self.docket.pk: self.docket.version})

    def matching_ticket(self, thing: str, kind: str) -> str:
        record = self.matching[thing]
        return tokens.issue(kind, {record.pk: record.version})

    def paper(self, thing: str) -> int:
        return Paper.objects.get(record=self.records[thing].pk, latest=True).pk
