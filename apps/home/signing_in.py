"""Signing in, and why somebody may not."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from apps.core import clock
from apps.core.days import written_moment

_OVER = "一次性密码已于{}失效，请联系给您密码的经办人重新发放。"


class SignInForm(AuthenticationForm):
    """A user name and a password, which is worth nothing if it was for one time and has run out."""

    error_messages = {"invalid_login": "用户名或密码不正确，请核对后重试；连续多次错误将暂时锁定。"}

    def confirm_login_allowed(self, user: Any) -> None:
        if user.one_time_until and user.one_time_until < clock.now():
            raise ValidationError(_OVER.format(written_moment(user.one_time_until)))
