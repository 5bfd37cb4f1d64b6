"""What is typed and chosen around agreements."""

from typing import Any

from django import forms

from apps.appointments.documents import paragraphs
from apps.core import uploads
from apps.core.inputs import WordsField
from apps.core.refusals import Refused
from apps.core.uploads import Accepted
from apps.directory.models import Organization

SCAN_KINDS = ("pdf", "jpg", "png")
SCAN_MEGABYTES = 10
LONGEST_BODY = 20_000


class SignForm(forms.Form):
    """That the text was read and is signed, or a stamped copy of it on paper."""

    digest = WordsField(widget=forms.HiddenInput, required=False, max_length=64)
    has_read = forms.BooleanField(
        label="我已阅读协议全文，同意签署", error_messages={"required": "请阅读全文后勾选，再签署。"}
    )
    scan = forms.FileField(
        label="签字盖章的扫描件",
        required=False,
        help_text=f"已在打印文本上签字盖章的，请上传全部页面（{'、'.join(SCAN_KINDS)}，不超过{SCAN_MEGABYTES}MB）。",
    )

    def __init__(self, *args: Any, is_on_paper: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_on_paper = is_on_paper
        self.fields["scan"].required = is_on_paper
        self.fields["scan"].error_messages["required"] = "请选择签字盖章的扫描件。"
        if is_on_paper:
            self.fields["has_read"].label = "扫描件与本协议文本一致，签章属实"

    def clean_scan(self) -> Accepted | None:
        """Judge the scan by its content."""
        sent = self.cleaned_data["scan"]
        try:
            return uploads.accept(sent.name, sent, SCAN_KINDS, SCAN_MEGABYTES) if sent else None
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused


class ReasonForm(forms.Form):
    """Why an agreement is not signed, or given up."""

    digest = WordsField(widget=forms.HiddenInput, required=False, max_length=64)
    opinion = WordsField(
        label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
        error_messages={"required": "请写明理由。"},
    )  # fmt: skip


class PartyForm(forms.Form):
    """Which organization stands as a party for which there was nobody."""

    organization = forms.ModelChoiceField(
        Organization.objects.all(),
        error_messages={"required": "请选择签署单位。", "invalid_choice": "所选单位未登记，请重新查找。"},
    )


class TextForm(forms.Form):
    """The words of an agreement, one paragraph a line, and why they are changed."""

    title = WordsField(label="名称", max_length=100)
    body = WordsField(
        label="正文", max_length=LONGEST_BODY, widget=forms.Textarea(attrs={"rows": 24}), help_text="每行一段。"
    )
    opinion = WordsField(
        label="修改理由", max_length=500, help_text="各签署方将看到。", widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_body(self) -> list[str]:
        """Return the paragraphs."""
        return paragraphs(self.cleaned_data["body"])
