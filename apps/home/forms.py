"""What the pages of the home ask for."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict

from apps.desks import walks
from apps.desks.models import Paper
from apps.desks.states import DeskAction, DeskState
from apps.desks.walks import Ground


class PaperFilter(django_filters.FilterSet):
    """Narrow a list of papers by process, state and the name of the person concerned."""

    kind = django_filters.ChoiceFilter(label="事项", empty_label="全部", choices=lambda: [
        (walk.kind.name, walk.kind.label) for walk in walks.every()
    ])  # fmt: skip
    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=DeskState.choices)
    text = django_filters.CharFilter(label="姓名", field_name="person__name", lookup_expr="holds")

    class Meta:
        model = Paper
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        if len(walks.every()) == 1:
            del self.filters["kind"]


def keys_sent(sent: QueryDict, name: str) -> list[int]:
    """Return the keys of rows ticked in a list, whatever else was sent."""
    return [int(key) for key in sent.getlist(name) if key.isdecimal() and len(key) < 19]


class DecisionForm(forms.Form):
    """An opinion, with the entries a return concerns or the ground of a refusal."""

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    opinion = forms.CharField(
        label="意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
    )
    fields_concerned = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    ground = forms.CharField(required=False, max_length=80)

    def __init__(
        self,
        grounds: Sequence[Ground],
        fields: Sequence[tuple[str, str]],
        data: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.grounds = {ground.key: ground for ground in grounds}
        concerned = self.fields["fields_concerned"]
        assert isinstance(concerned, forms.ChoiceField)
        concerned.choices = list(fields)

    def chosen_ground(self) -> Ground | None:
        """Return the ground chosen, None for one that does not stand here, as after the act was done."""
        return self.grounds.get(self.cleaned_data["ground"])


class ReasonForm(forms.Form):
    """Why a hidden number must be read in full."""

    reason = forms.CharField(label="查看理由", max_length=200, help_text="例如：电话核实服务意向。将记入查看记录。")


PANEL_OF_ACTION: Mapping[str, str] = {DeskAction.SEND_BACK: "return", DeskAction.REJECT: "refuse"}
"""Which part of the form an action is asked for in."""
