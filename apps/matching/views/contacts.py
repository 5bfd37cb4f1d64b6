"""The screen on which a person enters his contact with the offices of a village that he serves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from apps.core import log, tokens
from apps.core.problems import problems_of
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest, get_or_post
from apps.matching.forms import ContactForm, as_entered
from apps.matching.models import VillageContact
from apps.matching.selectors import contacts as selectors
from apps.matching.selectors.lists import site_of
from apps.matching.services import contacts as services
from apps.policies.schema import VillageContacts
from apps.seasons.selectors import pack_of


@login_required
@never_cache
@get_or_post
def contact(request: ViewerRequest, season: int, village: int) -> HttpResponse:
    """Enter the viewer's contact with one of his villages, or correct it; what was entered before stays below."""
    found, rule = _load(request, season, village)
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        rule=rule,
        initial={**as_entered(found), "token": _token(found)},
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _enter(request, found, form)
        except Refused as refused:
            refusals, (found, _) = refused.refusals, _load(request, season, village)
        else:
            messages.success(request, "已登记。")
            return redirect("matching:my_places")
    problems = problems_of(form)
    context = {
        "contact": found,
        "title": f"{rule.label}：{site_of(found.village)}",
        "basis": pack_of(found.village.season).basis(rule),
        "form": form,
        "refusals": refusals,
        "problems": problems,
        "log": log.entries_of(Ref(selectors.VILLAGE_CONTACT, str(found.pk or 0))),
    }
    return render(request, "matching/contact.html", context, status=409 if refusals else 422 if problems else 200)


def _load(request: ViewerRequest, season: int, village: int) -> tuple[VillageContact, VillageContacts]:
    found = selectors.contact_in(request.viewer.person_id, season, village)
    rule = selectors.rule_of(found.village.season) if found else None
    if found is None or rule is None:
        raise Http404
    return found, rule


def _enter(request: ViewerRequest, found: VillageContact, form: ContactForm) -> None:
    ticket = tokens.read(form.cleaned_data["token"], selectors.VILLAGE_CONTACT)
    found.version = ticket.seen.get(found.pk or 0, 0)
    services.enter_contact(contact=found, by=request.viewer, at=request.at, token=ticket.key, **form.said())


def _token(found: VillageContact) -> str:
    return tokens.issue(selectors.VILLAGE_CONTACT, {found.pk or 0: found.version})
