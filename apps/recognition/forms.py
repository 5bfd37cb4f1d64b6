"""Forms made from the pack for a host, and the choice of a list to hand in."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from apps.applications.forms import StepForm
from apps.applications.models import Application
from apps.policies.facts import FACTS, TOWNSHIP
from apps.policies.schema import FormStep
from apps.policies.values import Problem
from apps.recognition.models import Recognition
from apps.recognition.selectors import townships_of


class PageForm(StepForm):
    """One page of the form by which a host asks to be recognised; a township is one of the host's county."""

    def __init__(
        self,
        recognition: Recognition,
        page: FormStep,
        typed: Mapping[str, Any],
        *,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(cast(Application, recognition), page, typed, problems=problems)
        for name, field in self.fields.items():
            if FACTS[name].type == TOWNSHIP:
                offered = [(place.pk, place.name) for place in townships_of(recognition)]
                field.widget = forms.Select(field.widget.attrs, [("", "请选择"), *offered])
