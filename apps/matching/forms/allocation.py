"""What is typed and chosen in an allocation."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet

from apps.core.inputs import DayField, WordsField
from apps.matching.forms.choices import choose
from apps.matching.models.allocation import DRAWN_DIGITS, DRAWN_NUMBER
from apps.seasons.models import ServiceGroup


class FreezeForm(forms.Form):
    """Whether what was published stays as it is, where something was, and why wishes are frozen anew."""

    keep = forms.ChoiceField(
        label="已公布的安排",
        choices=[("yes", "保留已公布的安排，只为其余人员分配"), ("", "全部重新分配，已公布的安排可能变动")],
        initial="yes", required=False,
    )  # fmt: skip
    reason = WordsField(
        label="事由", required=False, max_length=500,
        help_text="截止前提前冻结的，写明事由；变更已公布结果的，写明依据和理由。",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )  # fmt: skip

    def __init__(self, *given: Any, is_amendment: bool, **options: Any) -> None:
        super().__init__(*given, **options)
        if not is_amendment:
            del self.fields["keep"]


class DrawForm(forms.Form):
    """The number that was drawn in public, typed twice."""

    drawn = WordsField(
        label="公开摇号产生的号码", help_text=f"{DRAWN_DIGITS}位数字；登记后不能更改，并随结果公布。",
        validators=[RegexValidator(rf"^{DRAWN_NUMBER}\Z", f"应为{DRAWN_DIGITS}位数字，例如0357。")],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    again = WordsField(
        label="再输入一次", widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    )

    def clean(self) -> dict[str, Any]:
        """Return the number alone, where both times the same was typed."""
        said = super().clean() or {}
        if "drawn" in said and said.get("again", said["drawn"]) != said["drawn"]:
            self.add_error("again", "两次输入的号码不一致，请核对。")
        return {"drawn": said.get("drawn")}


class RoundForm(forms.Form):
    """Until when those without a place may wish anew."""

    until = DayField(label="截止日", help_text="含当日；开放后只能推后，不能提前。")


class DaysForm(forms.Form):
    """From when until when an allocation is before the public."""

    opens = DayField(label="公示开始")
    closes = DayField(label="公示截止", help_text="含当日；按政策的公示期限预填，不得缩短。")
    reason = WordsField(
        label="延长理由", required=False, max_length=300, help_text="公示长于期限的，写明理由。",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip


class GivingUpForm(forms.Form):
    """Why an allocation is given up, or its supplementary round."""

    reason = WordsField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}))


class MoveForm(forms.Form):
    """Where a person is to be moved, why, on what basis; `sure` once the effect was seen."""

    to = forms.ModelChoiceField(ServiceGroup.objects.none(), label="调整到")
    reason = WordsField(label="事由", max_length=300)
    basis = WordsField(label="依据", required=False, max_length=300, help_text="文件、会议纪要等。")

    def __init__(self, *given: Any, groups: QuerySet[ServiceGroup], **options: Any) -> None:
        super().__init__(*given, **options)
        choose(self, "to", groups)
