"""What is wrong in a form, as the summary at its top tells it."""

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm

from apps.core.refusals import Problem


def problems_of(form: BaseForm) -> list[Problem]:
    """Return the mistakes of a form that was judged, each under the label of its field."""
    return [
        Problem(key, str(error) if key == NON_FIELD_ERRORS else f"{form.fields[key].label}：{error}")
        for key, errors in form.errors.items()
        for error in errors
    ]
