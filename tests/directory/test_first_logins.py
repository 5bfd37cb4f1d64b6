"""A new installation lets in two people, once."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from apps.directory.models import Post, User
from apps.directory.permissions import ISSUE, MANAGE
from apps.directory.selectors import actor_for
from apps.directory.states import Role
from tests.factories import REGION, plant_regions

pytestmark = pytest.mark.django_db


def printed(capsys: pytest.CaptureFixture) -> dict[str, str]:
    """Return the passwords that the command printed, by user name."""
    lines = capsys.readouterr().out.splitlines()[1:]
    return {name: password for name, password, _ in map(str.split, lines)}


def test_an_administrator_and_an_officer_may_log_in_and_do_what_their_posts_say(capsys: pytest.CaptureFixture):
    plant_regions()
    call_command("first_logins", REGION)
    passwords = printed(capsys)
    users = {name: authenticate(None, username=name, password=password) for name, password in passwords.items()}
    assert set(users) == {"administrator", "region"}
    posts = Post.objects.order_by("pk").values_list("user__username", "role", "region")
    assert list(posts) == [
        ("administrator", Role.ADMINISTRATOR, REGION),
        ("region", Role.COORDINATION_OFFICE, REGION),
    ]
    granted = {name: {codename for codename, _ in actor_for(user).grants} for name, user in users.items()}
    assert granted["administrator"] == {MANAGE}
    assert granted["region"] >= {MANAGE, ISSUE}


def test_where_somebody_can_log_in_nobody_is_added(capsys: pytest.CaptureFixture):
    plant_regions()
    call_command("first_logins", REGION)
    with pytest.raises(CommandError, match="系统中已有用户"):
        call_command("first_logins", REGION)
    assert User.objects.count() == 2


def test_an_unknown_region_is_refused_with_what_to_do():
    with pytest.raises(CommandError, match="请先运行 load_divisions"):
        call_command("first_logins", "99")
