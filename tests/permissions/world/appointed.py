"""Agreements as far as they come, and changes within the term."""

import io
from dataclasses import replace

from apps.appointments.models import Appointment, Signature
from apps.appointments.selectors import CHANGE
from apps.appointments.states import AgreementState
from apps.core import tokens, uploads
from apps.directory.models import User
from tests.factories import JPG, make_applicant
from tests.factories.agreements import again, make_agreement, sign_as, void_as
from tests.factories.changes import KEY, begin_change, make_change, write_change
from tests.permissions.world.ground import Ground


class Appointed(Ground):
    """Appointments with their agreements and their changes."""

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

    def agreement_ticket(self, thing: str) -> str:
        agreement = self.agreements[thing]
        return tokens.issue("agreement", {agreement.pk: agreement.version})
