"""How people of the demonstration keep contact with the villages that they serve."""

from apps.directory.models import User
from apps.directory.selectors import actor_for
from apps.matching.models import AllocationRun, Serving
from apps.matching.selectors.contacts import contact_in, rule_of
from apps.matching.services.contacts import enter_contact
from apps.matching.states import PlacementState
from workflows.demo.play import Play

KEEPERS = 10
"""How many people enter their contact; of the others county and region see that they have yet to."""


def keep_contact(play: Play, run: AllocationRun) -> None:
    """Let some whose villages are confirmed enter since when they know those there, where the policy asks for it."""
    rule = rule_of(play.season)
    if rule is None:
        return
    play.sleep(1)
    day = play.today
    confirmed = Serving.objects.filter(placement__run=run, placement__state=PlacementState.CONFIRMED)
    served = confirmed.exclude(village=None).order_by("person", "pk")
    people = list(dict.fromkeys(served.values_list("person", flat=True)))[:KEEPERS]
    users = {user.person_id: actor_for(user) for user in User.objects.filter(person__in=people)}
    for person, village in served.filter(person__in=people).values_list("person", "village"):
        contact = contact_in(person, play.season.pk, village)
        assert contact is not None, "who serves a village has contact to enter"
        enter_contact(
            contact=contact,
            offices=dict.fromkeys(rule.offices, day),
            invited_by=next(iter(rule.inviters)),
            joined=day,
            note="",
            by=users[person],
            at=play.at,
        )
    if people:
        play.say(f"{len(people)}人登记了与所挂村的村级联系")
