"""Whoever acts for another reads so before he acts: in the list, above the opinion, and where he decides many."""

import pytest
from django.urls import reverse

from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.directory import services
from apps.directory.models import Post
from tests.factories import actor, make_application

pytestmark = pytest.mark.usefixtures("at_the_scene")


@pytest.fixture
def application(scene):
    return make_application(scene, DeskState.AWAITING_REVIEW)


@pytest.fixture
def whom(scene):
    """Let the officer of the city stand in for that of the county, and return how he reads for whom."""
    post, today = Post.objects.get(user=scene.officers.county), scene.at.date()
    said = {"starts": today, "ends": today, "reason": "外出培训", "by": actor(scene.officers.county), "at": scene.at}
    services.substitute(post=post, substitute=scene.officers.city, **said)
    return f"代{scene.officers.county.display_name}（{post.title}）办理"


def pages(browser, application):
    paper = Paper.objects.get(record=application.pk, latest=True)
    asked = {"paper": [paper.pk]}
    yield browser.get(reverse("home:inbox")).content.decode()
    yield browser.get(reverse("home:record", args=["application", application.pk])).content.decode()
    yield browser.post(reverse("home:batch"), asked).content.decode()


def test_a_substitute_reads_for_whom_he_acts_and_the_holder_of_the_post_reads_nothing(
    scene, application, whom, client_of
):
    assert [page.count(whom) for page in pages(client_of(scene.officers.city), application)] == [1, 1, 1]
    assert [page.count("办理。</p>") for page in pages(client_of(scene.officers.county), application)] == [0, 0, 0]


def test_once_it_lies_elsewhere_nothing_is_said_of_another(scene, whom, client_of):
    further = make_application(scene, DeskState.ON_NOTICE)
    where = reverse("home:record", args=["application", further.pk])
    assert "您代" not in client_of(scene.officers.city).get(where).content.decode()
