"""Applications at every desk, those who decide on one together, and the docket of a unit."""

from dataclasses import replace

from apps.applications.models import Application
from apps.core import tokens
from apps.desks.models import Paper
from apps.desks.states import DeskState, DocketPurpose
from apps.notices.models import Message
from tests.factories import AT, actor, fresh, make_applicant, make_application, make_draft, run_effects, user_of
from tests.factories.every_act import ask, docket_of, drive_to, write_up
from tests.permissions.world.ground import Ground


class Applied(Ground):
    """Applications, with what there is of each that an address may name."""

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

    def ticket(self, thing: str, kind: str = "application") -> str:
        """Return the token of a form opened on an application."""
        record = self.records[thing]
        return tokens.issue(kind, {record.pk: record.version})

    def docket_ticket(self) -> str:
        return tokens.issue("docket", {self.docket.pk: self.docket.version})

    def paper(self, thing: str) -> int:
        return Paper.objects.get(record=self.records[thing].pk, latest=True).pk
