"""How to use the system, for everybody."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.requests import ViewerRequest


@require_safe
def guide(request: ViewerRequest) -> HttpResponse:
    """Tell each role in plain words what it does here and how."""
    return render(request, "home/guide.html")
