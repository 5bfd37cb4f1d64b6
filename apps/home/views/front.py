"""The public front page, signing in, and the larger type."""

from django.contrib.auth.views import LoginView
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from apps.core.requests import ViewerRequest
from apps.home import selectors
from apps.home.context import ELDER_COOKIE
from apps.notices.selectors import lists_shown
from apps.seasons.selectors import pack_of

_YEAR_SECONDS = 365 * 24 * 3600
_LISTS_ON_FRONT = 5


@require_safe
def front(request: ViewerRequest) -> HttpResponse:
    """Show the public what is open and what is on notice; whoever is signed in goes to his papers."""
    if request.viewer.user_id:
        return redirect("home:inbox")
    seasons = selectors.seasons_in_progress(request.at)
    context = {
        "seasons": seasons,
        "lists": lists_shown()[:_LISTS_ON_FRONT],
        "recognises": any(pack_of(season).processes.recognised for season, _ in seasons),
    }
    return render(request, "home/front.html", context)


class Login(LoginView):
    """Sign in."""

    template_name = "home/login.html"
    http_method_names = ["get", "head", "post"]
    redirect_authenticated_user = True


@require_POST
def elder(request: ViewerRequest) -> HttpResponse:
    """Turn the larger type on or off and go back."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("home:front")
    response = HttpResponseRedirect(back)
    if request.COOKIES.get(ELDER_COOKIE) == "1":
        response.delete_cookie(ELDER_COOKIE, samesite="Lax")
    else:
        response.set_cookie(ELDER_COOKIE, "1", _YEAR_SECONDS, samesite="Lax", httponly=True)
    return response
