"""Needs, places in the pool, a pairing; wishes and the allocation that they come to."""

from dataclasses import replace

from apps.core import tokens
from apps.matching import services as matching
from apps.matching.models import Adjustment, AllocationRun, Outcome
from apps.seasons.models import ServiceGroup
from tests.factories import AT, actor, make_applicant, make_season
from tests.factories.allocation import make_run
from tests.factories.matching import (
    begin_entry,
    hand_entry_in,
    propose,
    publish_need,
    put_in_pool,
    submit_need,
    write_need,
)
from tests.factories.wishes import entries_for, groups_of, make_participant, make_wishes
from tests.permissions.world.ground import NOW, Ground

ALLOCATIONS = {"分配批次": "computed", "公示批次": "on_notice"}


class Matched(Ground):
    """How people and hosts find each other, and how people come to counties."""

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

    def matching_ticket(self, thing: str, kind: str) -> str:
        record = self.matching[thing]
        return tokens.issue(kind, {record.pk: record.version})

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

    def wishes_ticket(self, thing: str) -> str:
        wishes = self.wish_lists[thing]
        return tokens.issue("wish_list", {wishes.pk: wishes.version})

    def run_ticket_of(self, thing: str) -> str:
        run = self.run if thing == "run" else AllocationRun.objects.get(pk=self.things[thing]["pk"])
        return tokens.issue("allocation_run", {run.pk: run.version})

    def move_ticket(self) -> str:
        return tokens.issue("adjustment", {self.adjustment.pk: self.adjustment.version})
