"""One of everything that has an address, and everybody who might ask for it."""

from datetime import timedelta

from apps.core import tokens
from apps.directory.models import User
from apps.directory.states import Role
from tests.factories import make_officer, make_unit, make_user
from tests.permissions.world.appointed import Appointed
from tests.permissions.world.ground import ABSENT, NEW_PASSWORD, NOW, NOWHERE
from tests.permissions.world.matched import Matched
from tests.permissions.world.placed import Placed
from tests.permissions.world.published import Published
from tests.permissions.world.recognised import Recognised
from tests.permissions.world.run import Run

__all__ = ["ABSENT", "NEW_PASSWORD", "NOW", "NOWHERE", "World"]


class World(Published, Appointed, Run, Matched, Placed, Recognised):
    """`people` are the actors of the table, beside the things (see `Ground`).

    A thing may have its own person: who asks as `applicant` for a thing is the person whom that thing concerns.
    """

    def __init__(self) -> None:
        super().__init__()
        self._documents()
        self._agreements()
        self._applications()
        self._list()
        self._announcement()
        self._joint()
        self._seasons()
        self._posts()
        self._people_on_file()
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

    def written_ticket(self, thing: str) -> str:
        """Return the token of the check page of a form."""
        record = {**self.records, **self.changes, "own_recognition": self.recognition}[thing]
        return tokens.issue(self.things[thing]["kind"], {record.pk: record.version})

    def person(self, actor: str, thing: str) -> User | None:
        """Return who asks: for a thing of a person's own, `applicant` is that person."""
        return self.concerned[thing] if actor == "applicant" and thing in self.concerned else self.people[actor]
