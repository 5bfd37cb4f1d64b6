"""What the screens of writing share: whose record it is, and which page of its form is meant."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control

from apps.core.refusals import Refused
from apps.core.requests import ViewerRequest, status_of
from apps.policies.schema import FormStep
from apps.writing import selectors, writings
from apps.writing.models import WrittenRecord
from apps.writing.writings import Writing

View = Callable[..., HttpResponse]


def writers_only(view: View) -> View:
    """Let in who is signed in; the page may be kept by his own browser alone."""
    return cache_control(private=True, no_cache=True)(login_required(view))


def writing_of(kind: str) -> Writing:
    """Return what is known of a kind that is written; another does not exist."""
    found = writings.named(kind)
    if found is None:
        raise Http404
    return found


def mine(request: ViewerRequest, kind: str, pk: int) -> WrittenRecord:
    """Return a record the viewer writes in; another's does not exist for him."""
    record: WrittenRecord = get_object_or_404(writing_of(kind).written_at(request.viewer, request.at), pk=pk)
    return record


def page_of_form(record: WrittenRecord, number: int) -> FormStep:
    """Return a page of the form by its number from 1."""
    form = selectors.form_of(record)
    if not 1 <= number <= len(form):
        raise Http404
    return form[number - 1]


def refused_page(request: ViewerRequest, refused: Refused) -> HttpResponse:
    """Tell a refusal on a page of its own."""
    context = {"refusals": refused.refusals}
    return render(request, "writing/refused.html", context, status=status_of(refused))
