"""What is typed and chosen around notices, public lists and verification."""

import re
from collections.abc import Sequence
from typing import Any, cast

from django import forms

from apps.core.door import BATCH_LIMIT
from apps.core.inputs import WordsField
from apps.desks.models import DeskRecord

_BETWEEN = re.compile(r"[\s\-－—]+")
_CODE = re.compile(r"[0-9A-Z]{1,24}")


class AnnounceForm(forms.Form):
    """Which of the waiting records go on the public list."""

    records = forms.TypedMultipleChoiceField(
        label="列入公示的人员",
        coerce=int,
        error_messages={
            "required": "请至少选择一人。",
            "invalid_choice": "所选事项中有的已不在待公示名单，请重新选择。",
        },
    )

    def __init__(self, *args: Any, waiting: Sequence[DeskRecord], **kept: Any) -> None:
        super().__init__(*args, **kept)
        records = cast(forms.TypedMultipleChoiceField, self.fields["records"])
        records.choices = [(record.pk, str(record)) for record in waiting]

    def clean_records(self) -> list[int]:
        """Refuse more than one batch takes."""
        chosen: list[int] = self.cleaned_data["records"]
        if len(chosen) > BATCH_LIMIT:
            raise forms.ValidationError(f"一次最多列入{BATCH_LIMIT}人，请分批办理。")
        return chosen


class DiscardForm(forms.Form):
    """Why a draft is given up."""

    opinion = WordsField(label="作废理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AnnouncementForm(forms.Form):
    """What is announced to everybody."""

    title = WordsField(label="标题", max_length=100)
    text = WordsField(label="正文", max_length=5000, widget=forms.Textarea(attrs={"rows": 12}))


class CorrectionForm(AnnouncementForm):
    """What an announcement is to say from now on, and why; `seen` is how often it was corrected before."""

    reason = WordsField(label="更正说明", max_length=300, help_text="与更正前的文本一并公开。")
    seen = forms.IntegerField(min_value=0, max_value=9999, widget=forms.HiddenInput)


class NameSearch(forms.Form):
    """Part of a name on a public list."""

    q = WordsField(label="姓名", max_length=50, required=False)

    def words(self) -> str:
        """Return what is looked for, nothing where it cannot be read."""
        return self.cleaned_data["q"] if self.is_valid() else ""


class VerifyForm(forms.Form):
    """A verification code, as printed beside the QR code; spaces and dashes do not count."""

    code = WordsField(label="验证码", max_length=60, help_text="印在文件二维码旁，由16位字母和数字组成。")

    def clean_code(self) -> str:
        """Return the code alone."""
        code = _BETWEEN.sub("", self.cleaned_data["code"]).upper()
        if not _CODE.fullmatch(code):
            raise forms.ValidationError("验证码只含字母和数字，请核对后重新输入。")
        return code
