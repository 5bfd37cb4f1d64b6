"""The public front page, signing in, and the larger type."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.requests import ViewerRequest, post_only
from apps.home import lost, selectors
from apps.home.context import ELDER_COOKIE
from apps.home.forms import SignInForm
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

    form_class = SignInForm
    template_name = "home/login.html"
    http_method_names = ["get", "head", "post"]
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        lost.keep(self.request.session, self.request.POST.get(lost.LOST, ""))
        return answer

    def get_context_data(self, **known: Any) -> dict[str, Any]:
        return super().get_context_data(**known) | {"kept": self.request.POST.get(lost.LOST, "")}


@never_cache
def sign_in_first(request: ViewerRequest) -> HttpResponse:
    """Ask who sent a form to sign in, and keep what he typed; the act is not done, then or later."""
    if request.htmx:
        return render(request, "home/_signed_out.html", status=401)
    context = {"form": SignInForm(request), "next": request.path, "kept": lost.sent_by(request).written()}
    return render(request, "home/login.html", context, status=401)


@post_only("home:front")
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
