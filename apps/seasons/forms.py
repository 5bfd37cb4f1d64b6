"""What the season office types."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from apps.directory.models import Region
from apps.policies.schema import Pack


class DayInput(forms.DateInput):
    """A day, chosen from the browser's calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PrepareForm(forms.Form):
    """Which pack, where, and under what name."""

    pack = forms.ChoiceField(label="政策包")
    jurisdiction = forms.ChoiceField(label="实施区域")
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    title = forms.CharField(label="批次名称", max_length=100)

    def __init__(self, *args: Any, packs: Sequence[Pack], places: Sequence[Region], **kept: Any) -> None:
        super().__init__(*args, **kept)
        self.packs = {pack.id: pack for pack in packs}
        self.places = {place.pk: place for place in places}
        pack, jurisdiction = (cast(forms.ChoiceField, self.fields[name]) for name in ("pack", "jurisdiction"))
        pack.choices = [(each.id, f"{each.title}（{each.source.number}）") for each in packs]
        jurisdiction.choices = [(place.pk, place.name) for place in places]

    def clean(self) -> dict[str, Any]:
        """Refuse a pack outside the region it was made for."""
        said = super().clean() or {}
        pack, place = self.packs.get(said.get("pack", "")), self.places.get(said.get("jurisdiction", ""))
        if pack and place and pack.jurisdiction != place.pk:
            self.add_error("jurisdiction", f"政策包“{pack.title}”不适用于{place.name}。")
        return said


class ReasonForm(forms.Form):
    """Why a setting is changed; the log keeps it."""

    reason = forms.CharField(label="调整理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class WindowForm(ReasonForm):
    """The days of a window, both inclusive."""

    opens = forms.DateField(label="开始", required=False, widget=DayInput())
    closes = forms.DateField(label="截止", required=False, widget=DayInput())
    grace_days = forms.IntegerField(label="宽限天数", min_value=0, max_value=366)
    field_order = ("opens", "closes", "grace_days", "reason")

    def clean(self) -> dict[str, Any]:
        """Refuse days out of order."""
        said = super().clean() or {}
        opens, closes = said.get("opens"), said.get("closes")
        if opens and closes and closes < opens:
            self.add_error("closes", "截止日不能早于开始日。")
        return said


class QuotaForm(ReasonForm):
    """The places of one service group; nothing for not yet set."""

    places = forms.IntegerField(label="名额", required=False, min_value=0, max_value=100_000)
    field_order = ("places", "reason")


class AnswerForm(ReasonForm):
    """What the season chooses where the policy is silent: one of the pack's options, or a value."""

    chosen = forms.CharField(label="选定为", max_length=60)
    field_order = ("chosen", "reason")

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], **kept: Any) -> None:
        super().__init__(*args, **kept)
        if options:
            self.fields["chosen"] = forms.ChoiceField(label="选定为", choices=options)
            self.order_fields(self.field_order)
