"""What the pages of the home ask for."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms

from apps.desks import walks
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import DeskAction, DeskState
from apps.desks.walks import Ground, Walk


class PaperFilter(django_filters.FilterSet):
    """Narrow a list of papers by process, state and words of the title."""

    kind = django_filters.ChoiceFilter(label="事项", empty_label="全部", choices=lambda: [
        (walk.kind.name, walk.kind.label) for walk in walks.every()
    ])  # fmt: skip
    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=DeskState.choices)
    text = django_filters.CharFilter(label="姓名或标题", field_name="title", lookup_expr="icontains")

    class Meta:
        model = Paper
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        if len(walks.every()) == 1:
            del self.filters["kind"]


class DecisionForm(forms.Form):
    """An opinion, with the entries a return concerns or the ground of a refusal."""

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    opinion = forms.CharField(
        label="意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
    )
    fields_concerned = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    ground = forms.ChoiceField(required=False)

    def __init__(self, walk: Walk, record: DeskRecord, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.grounds: dict[str, Ground] = {ground.key: ground for ground in walk.grounds(record)}
        choices = {
            "fields_concerned": list(walk.fields(record)),
            "ground": [("", "—"), *((key, ground.label) for key, ground in self.grounds.items())],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered


class ReasonForm(forms.Form):
    """Why a hidden number must be read in full."""

    reason = forms.CharField(label="查看理由", max_length=200, help_text="例如：电话核实服务意向。将记入查看记录。")


PANEL_OF_ACTION: Mapping[str, str] = {DeskAction.SEND_BACK: "return", DeskAction.REJECT: "refuse"}
"""Which part of the form an action is asked for in."""
