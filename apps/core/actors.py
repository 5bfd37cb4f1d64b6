"""Who acts: a person in a post, preloaded with posts and grants, or the clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from apps.core.refs import Ref, desk

HANDLE = "handle_papers"
VIEW = "view_records"
APPLICANT = "applicant"
EXPERT = "expert"
"""Each expert has a desk of his own, wherever he is one: `expert@person:7`."""


@dataclass(frozen=True)
class HeldPost:
    """One post as its holder, or a substitute, carries it into a decision: role, scope, from–until (days inclusive).

    `path` is the supervision path of a region (`/45/4501/450102/`), empty for an organization. What a substitute
    carries names whom he stands for (`acting_for`, `person_id`) and holds its grants in itself (`carries`).
    """

    role: str
    scope: Ref
    title: str
    path: str
    starts: date
    ends: date | None
    own_desk: str = ""
    acting_for: str = ""
    person_id: int | None = None
    carries: frozenset[tuple[str, str]] = frozenset()

    @property
    def desk(self) -> str:
        return self.own_desk or desk(self.role, self.scope)

    def is_valid(self, at: datetime) -> bool:
        day = timezone.localdate(at)
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True)
class Actor:
    """A person with his posts and grants, or the clock (`CLOCK`).

    `grants` holds (permission, scope as text). A permission holds when the grant stands **and** a post in that
    scope is valid at the time asked for, so a late synchronisation of grants never authorises.
    """

    name: str
    user_id: int | None = None
    person_id: int | None = None
    posts: tuple[HeldPost, ...] = ()
    grants: frozenset[tuple[str, str]] = frozenset()
    is_clock: bool = False

    def posts_with(self, permission: str, at: datetime) -> Iterator[HeldPost]:
        """Yield the valid posts in whose scope the grant of `permission` stands."""
        return (post for post in self.posts if post.is_valid(at) and self._may(permission, post))

    def is_in_office(self, at: datetime) -> bool:
        """Tell whether a post of his shows him records of others; else he sees his own, and single ones lent him."""
        return any(self.posts_with(VIEW, at))

    def _may(self, permission: str, post: HeldPost) -> bool:
        """Tell whether a post gives a permission: one's own by the grants, another's only by what it carries itself."""
        return (permission, str(post.scope)) in (post.carries if post.acting_for else self.grants)

    def desks(self, at: datetime) -> frozenset[str]:
        """Return the desks at which the actor may handle papers, his own as an applicant included."""
        own = {self._own_desk()} - {""}
        return frozenset(own | {post.desk for post in self.posts_with(HANDLE, at)})

    def _own_desk(self) -> str:
        return desk(APPLICANT, Ref("person", str(self.person_id))) if self.person_id else ""

    def sits_at(self, name: str, at: datetime) -> bool:
        return name == self._own_desk() or any(post.desk == name for post in self.posts_with(HANDLE, at))

    def has_role(self, role: str, at: datetime, permission: str = HANDLE) -> bool:
        return any(post.role == role for post in self.posts_with(permission, at))

    def region_paths(self, at: datetime) -> tuple[str, ...]:
        """Return the supervision paths below which he may see records."""
        return tuple(post.path for post in self.posts_with(VIEW, at) if post.path)

    def organization_ids(self, at: datetime) -> tuple[int, ...]:
        """Return the organizations whose records he may see."""
        return tuple(int(post.scope.key) for post in self.posts_with(VIEW, at) if post.scope.kind == "organization")

    def lent(self, kind: str, at: datetime) -> list[int]:
        """Return the single records of a kind that were lent him to see, as long as he holds any post."""
        valid = [post for post in self.posts if post.is_valid(at)]
        granted = (self.grants if valid else frozenset()).union(*(post.carries for post in valid))
        named = (scope.partition(":") for codename, scope in granted if codename == f"view_{kind}")
        return [int(key) for of_kind, _, key in named if of_kind == kind]

    def persons_stood_for(self, at: datetime) -> frozenset[int]:
        """Return the persons whose posts he holds as their substitute."""
        return frozenset(post.person_id for post in self.posts if post.person_id is not None and post.is_valid(at))

    def persons_acted_as(self, at: datetime) -> frozenset[int]:
        """Return the persons whose cases are no business of his: himself, and whom he stands in for."""
        own = () if self.person_id is None else (self.person_id,)
        return self.persons_stood_for(at).union(own)

    def post_at(self, place: str, at: datetime) -> HeldPost | None:
        """Return the valid post with which he acts at a desk, or by a permission in a scope (`permission@scope`).

        His own comes before one that he holds for another.
        """
        permission, _, scope = place.partition("@")
        held = (post for post in self.posts if post.is_valid(at))
        return next(
            (post for post in held if post.desk == place or (str(post.scope) == scope and self._may(permission, post))),
            None,
        )

    def post_that_ended(self, place: str, at: datetime) -> HeldPost | None:
        """Return the post, his own or held for another, that seated him at a desk and ended last before a moment."""
        day = timezone.localdate(at)
        over = [post for post in self.posts if post.desk == place and post.ends is not None and post.ends < day]
        return max(over, key=lambda post: post.ends or day, default=None)

    def stood_for_at(self, place: str, at: datetime) -> str:
        """Name for whom, and in which post, he acts at a desk; empty where he acts for himself."""
        post = self.post_at(place, at)
        return f"{post.acting_for}（{post.title}）" if post and post.acting_for else ""


CLOCK = Actor(name="系统自动", is_clock=True)
