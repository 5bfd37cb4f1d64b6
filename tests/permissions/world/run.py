"""Seasons, and who holds the posts of those that are run."""

from datetime import timedelta

from apps.core import tokens
from apps.directory import services as directory
from apps.directory.models import Post, Region, User
from apps.directory.states import Role
from apps.notices.models import NumberBook
from tests.factories import AT, actor, make_applicant, make_officer, make_person, make_unit
from tests.factories.seasons import merge_districts
from tests.permissions.world.ground import NOW, NOWHERE, Ground


class Run(Ground):
    """Seasons in progress and prepared, posts and substitutions, people on file and their logins."""

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

    def _people_on_file(self) -> None:
        unit, self.next_unit = self.scene.unit, make_unit(self.scene.county)
        self._thing("person", "一在册", pk=make_person(unit, name="一在册").pk)
        self._thing("login", "一在用", pk=make_applicant(unit, name="一在用").pk)
        off = make_applicant(unit, name="一停用")
        User.objects.filter(pk=off.pk).update(is_active=False)
        self._thing("login_off", "一停用", pk=off.pk)

    def run_ticket(self, thing: str, kind: str = "season") -> str:
        season = self.seasons[thing]
        return tokens.issue(kind, {season.pk: season.version})
