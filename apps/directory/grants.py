"""Grants on regions and organizations, held by one group for each role and scope. The only user of guardian."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from guardian.models import GroupObjectPermission, UserObjectPermission

from apps.core.refs import desk_parts
from apps.directory.models import Organization, Post, Region, User
from apps.directory.permissions import GRANTS_OF_ROLE

_MODELS = {"region": Region, "organization": Organization}


@transaction.atomic
def synchronise(desks: Iterable[str]) -> None:
    """Make groups, their grants and their members agree with the posts that name these desks; set by set.

    Members are those who hold a post there at any time; whether it is valid today is asked with each decision.
    """
    wanted = sorted(set(desks))
    Group.objects.bulk_create([Group(name=name) for name in wanted], ignore_conflicts=True)
    groups = {group.name: group for group in Group.objects.filter(name__in=wanted)}
    _grant(groups)
    _seat(groups)


def _grant(groups: dict[str, Group]) -> None:
    types = ContentType.objects.get_for_models(*_MODELS.values())
    permissions = {
        (permission.content_type_id, permission.codename): permission
        for permission in Permission.objects.filter(content_type__in=types.values())
    }
    rows = []
    for name, group in groups.items():
        role, scope = desk_parts(name)
        content_type = types[_MODELS[scope.kind]]
        rows += [
            GroupObjectPermission(
                group=group,
                content_type=content_type,
                object_pk=scope.key,
                permission=permissions[content_type.pk, codename],
            )
            for codename in GRANTS_OF_ROLE[role]
        ]
    GroupObjectPermission.objects.bulk_create(rows, ignore_conflicts=True)
    kept = {(row.group_id, row.permission_id, row.object_pk) for row in rows}
    present = GroupObjectPermission.objects.filter(group__in=groups.values(), content_type__in=types.values())
    stale = [row.pk for row in present if (row.group_id, row.permission_id, row.object_pk) not in kept]
    GroupObjectPermission.objects.filter(pk__in=stale).delete()


def _seat(groups: dict[str, Group]) -> None:
    holders = {(post.user_id, groups[post.desk].pk) for post in _posts_at(groups)}
    through = User.groups.through
    present = set(through.objects.filter(group__in=groups.values()).values_list("user_id", "group_id"))
    for user, group in present - holders:
        through.objects.filter(user_id=user, group_id=group).delete()
    through.objects.bulk_create(
        [through(user_id=user, group_id=group) for user, group in sorted(holders - present)], ignore_conflicts=True
    )


def _posts_at(groups: dict[str, Group]) -> list[Post]:
    scopes = [desk_parts(name)[1] for name in groups]
    regions = [scope.key for scope in scopes if scope.kind == "region"]
    organizations = [int(scope.key) for scope in scopes if scope.kind == "organization"]
    posts = [*Post.objects.filter(region__in=regions), *Post.objects.filter(organization__in=organizations)]
    return [post for post in posts if post.desk in groups]


_GRANTED = ("permission__codename", "content_type__model", "object_pk")


def grants_of(user: User) -> frozenset[tuple[str, str]]:
    """Return what a user's groups grant and what was lent to him, as (codename, scope), in one query."""
    held = GroupObjectPermission.objects.filter(group__user=user).order_by().values_list(*_GRANTED)
    lent = UserObjectPermission.objects.filter(user=user).order_by().values_list(*_GRANTED)
    return frozenset((codename, f"{model}:{key}") for codename, model, key in held.union(lent))


def carried_at(desks: Collection[str]) -> dict[str, frozenset[tuple[str, str]]]:
    """Return for each desk what its group is granted, its scope and single records alike, in one query or none."""
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in desks}
    if desks:
        rows = GroupObjectPermission.objects.filter(group__name__in=desks).values_list("group__name", *_GRANTED)
        for name, codename, model, key in rows:
            found[name].add((codename, f"{model}:{key}"))
    return {name: frozenset(granted) for name, granted in found.items()}


def lend(lent: Mapping[Model, Collection[str]]) -> None:
    """Let those who sit at desks see single records of one model, beyond what their posts let them see."""
    permission = _to_view(type(next(iter(lent))))
    desks = {desk for each in lent.values() for desk in each}
    people = {desk: int(scope.key) for desk in desks if (scope := desk_parts(desk)[1]).kind == "person"}
    users = {user.person_id: user for user in User.objects.filter(person__in=people.values())}
    groups = {group.name: group for group in Group.objects.filter(name__in=desks - people.keys())}
    to_users, to_groups = [], []
    for record, each in lent.items():
        named = {"permission": permission, "content_type": permission.content_type, "object_pk": str(record.pk)}
        known = [users[people[desk]] for desk in each if people.get(desk) in users]
        to_users += [UserObjectPermission(user=user, **named) for user in known]
        to_groups += [GroupObjectPermission(group=groups[desk], **named) for desk in each if desk in groups]
    UserObjectPermission.objects.bulk_create(to_users, ignore_conflicts=True)
    GroupObjectPermission.objects.bulk_create(to_groups, ignore_conflicts=True)


def take_back(records: Sequence[Model], desks: Collection[str] | None = None) -> None:
    """End what was lent of single records of one model: to some desks, or to all."""
    lent = {"permission": _to_view(type(records[0])), "object_pk__in": [str(record.pk) for record in records]}
    to_users, to_groups = UserObjectPermission.objects.filter(**lent), GroupObjectPermission.objects.filter(**lent)
    if desks is not None:
        people = [int(desk_parts(name)[1].key) for name in desks if desk_parts(name)[1].kind == "person"]
        to_users, to_groups = to_users.filter(user__person__in=people), to_groups.filter(group__name__in=desks)
    to_users.delete()
    to_groups.delete()


def _to_view(model: type[Model]) -> Permission:
    content_type = ContentType.objects.get_for_model(model)
    return Permission.objects.select_related("content_type").get(
        content_type=content_type, codename=f"view_{model._meta.model_name}"
    )
