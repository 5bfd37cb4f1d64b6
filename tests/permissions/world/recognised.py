"""Hosts on their way to being recognised, and the lists of those who are."""

from dataclasses import replace

from apps.core import tokens
from apps.directory.states import Role
from tests.factories import make_officer
from tests.factories.recognition import hosts_in, recognising_season
from tests.permissions.world.ground import NOW, Ground


class Recognised(Ground):
    """Recognitions, one on a list, and a list being filed."""

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
        written = {"pk": self.recognition.pk, "kind": "recognition", "step": 1}
        self._thing("own_recognition", "填写户", drafting.officers["host"], **written)
        self._thing("recognition", mark, waiting.officers["host"], pk=handed_in.pk, kind="recognition")
        self._thing("to_recommend", mark, waiting.officers["township"], pk=handed_in.pk, kind="recognition")
        self._thing("target", here.host.name, here.officers["host"], pk=self.target.pk)
        self._thing("filing", f"/targets/filings/{self.filing.pk}/", officers["institute"], pk=self.filing.pk)

    def target_ticket(self, thing: str) -> str:
        record = {"target": self.target, "filing": self.filing}[thing]
        return tokens.issue({"filing": "list_filing"}.get(thing, thing), {record.pk: record.version})
