"""The viewer's own file, and his password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.decorators.http import require_safe

from apps.core.requests import ViewerRequest
from apps.directory.services import REVEALABLE
from apps.home import selectors
from apps.home.forms import PasswordForm


@login_required
@require_safe
def profile(request: ViewerRequest) -> HttpResponse:
    """Show the viewer what is kept about him, his posts, and who read his numbers in full."""
    person = selectors.own_file(request.viewer)
    return render(
        request,
        "home/profile.html",
        {
            "person": person,
            "masked": selectors.masked(person),
            "reveals": selectors.reveals_of(request.viewer),
            "revealable": REVEALABLE,
        },
    )


class Password(PasswordChangeView):
    """Change one's own password; a one-time password gives way to it."""

    form_class = PasswordForm
    template_name = "home/password.html"
    http_method_names = ["get", "head", "post"]
    success_url = reverse_lazy("home:profile")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, "密码已修改，其他设备须重新登录。")
        if form.user.has_one_time_password:
            form.user.one_time_until = None
            self.success_url = reverse_lazy("home:inbox")
        return super().form_valid(form)
