"""The city whose people are appointed, and what its parties were told."""

import pytest

from apps.appointments.models import Agreement
from apps.appointments.selectors import AGREEMENT
from apps.desks.models import Paper
from apps.notices.models import Message
from tests.factories import City, build_city


@pytest.fixture
def city(db: None) -> City:
    return build_city()


def waiting(agreement: Agreement) -> list[str]:
    """Return the parties on whose desks it lies."""
    papers = Paper.objects.filter(kind=AGREEMENT, record=agreement.pk, done=None).order_by("pk")
    return list(papers.values_list("office", flat=True))


def told(city: City, party: str) -> str:
    """Return what an officer or the person was told last."""
    user = city.applicant if party == "person" else city.officers[party]
    return Message.objects.filter(user=user).order_by("-pk").first().text
