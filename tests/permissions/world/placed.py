"""Villages, key clients and who serves them."""

from dataclasses import replace

from apps.core import tokens
from apps.matching.models import KeyClient, Village
from apps.matching.services.places import choose_base
from apps.matching.states import PlacementState
from tests.factories import AT, actor, make_season
from tests.factories.placing import make_clients, make_placement
from tests.permissions.world.ground import NOW, Ground


class Placed(Ground):
    """Placements in hand and confirmed."""

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

    def placement_ticket(self) -> str:
        return tokens.issue("placement", {self.placement.pk: self.placement.version})

    def contact_ticket(self) -> str:
        return tokens.issue("village_contact", {0: 0})
