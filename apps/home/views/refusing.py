"""The question that is asked before a refusal is carried out, of one record or of many."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.core.requests import ViewerRequest
from apps.desks.states import DeskAction
from apps.home.forms import DecisionForm

SURE = "sure"


def is_to_be_asked(request: ViewerRequest, action: str, form: DecisionForm) -> bool:
    """Tell whether nothing is missing for a refusal but that it is meant."""
    is_whole = bool(form.cleaned_data["opinion"] and form.chosen_ground())
    return action == DeskAction.REJECT and SURE not in request.POST and is_whole


def ask(request: ViewerRequest, form: DecisionForm, what: str, ends: str) -> HttpResponse:
    """Ask whether `what` is refused, which `ends`; the answer goes to the same address with all that was typed."""
    said, ground = form.cleaned_data, form.chosen_ground()
    assert ground is not None
    context = {
        "title": f"{DeskAction.REJECT.label}：{what}",
        "what_happens": f"确认后{ends}就此办结，不能撤回；依据和理由将告知申请人。",
        "said": [("依据", ground.label), ("理由", said["opinion"])],
        "kept": [("opinion", said["opinion"]), ("ground", said["ground"])],
        "token": said["token"],
        "action_url": request.path,
        "button_label": f"确认{DeskAction.REJECT.label}",
        "again": True,
        "sure": SURE,
        "danger": True,
    }
    return render(request, "home/confirm.html", context)
