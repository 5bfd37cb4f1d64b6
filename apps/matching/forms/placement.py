"""What is typed and chosen in the placement at villages and key clients."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from apps.core.inputs import DayField, WordsField
from apps.directory.models import Region
from apps.matching.forms.choices import LONGEST_INDUSTRY, offer
from apps.matching.models import VillageContact
from apps.matching.selectors.places import SiteChoices
from apps.policies.schema import VillageContacts


class WorkbookForm(forms.Form):
    """A filled-in workbook."""

    workbook = forms.FileField(label="工作簿", widget=forms.FileInput({"accept": ".xlsx"}))


class ClientForm(forms.Form):
    """A key client: where, what it is called, of what kind, in which industry."""

    county = forms.ChoiceField(label="县（市、区）")
    name = WordsField(label="名称", max_length=100)
    kind = forms.ChoiceField(label="类别")
    industry = WordsField(
        label="产业", required=False, max_length=LONGEST_INDUSTRY, help_text="与产业清单的写法一致，用于匹配人员。"
    )

    def __init__(self, *given: Any, counties: Sequence[Region], kinds: Mapping[str, str], **options: Any) -> None:
        super().__init__(*given, **options)
        offer(self, "county", [(county.pk, county.name) for county in counties])
        offer(self, "kind", list(kinds.items()))


class ServingForm(forms.Form):
    """Which villages and key clients a person serves, as many as he may, and why that is changed."""

    reason = WordsField(label="调整理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *given: Any, choices: Mapping[str, SiteChoices], **options: Any) -> None:
        super().__init__(*given, **options)
        self._choices = choices
        for sort, offered in choices.items():
            for number in range(1, offered.most + 1):
                self.fields[f"{sort}-{number}"] = forms.TypedChoiceField(
                    label=f"{offered.label}{number}", choices=[("", "不安排"), *offered.sites], coerce=int,
                    required=False, empty_value=None,
                )  # fmt: skip
        self.order_fields([name for name in self.fields if name != "reason"])

    def sites(self) -> dict[str, list[int]]:
        """Return the keys of the sites chosen, by sort; to be asked once it was judged."""
        return {
            sort: [key for n in range(1, offered.most + 1) if (key := self.cleaned_data[f"{sort}-{n}"]) is not None]
            for sort, offered in self._choices.items()
        }


class BaseForm(forms.Form):
    """Which key client a person binds as his assessment base."""

    client = forms.TypedChoiceField(label="考核基地", coerce=int)

    def __init__(self, *given: Any, clients: QuerySet[Any], **options: Any) -> None:
        super().__init__(*given, **options)
        offer(self, "client", [(str(each.pk), _bindable(each)) for each in clients])


def _bindable(client: Any) -> str:
    return f"{client}（{client.county}{'，已有人绑定' if client.is_bound else ''}）"


class ContactForm(forms.Form):
    """Since when a person is in contact with each office of a village, and in its group at whose invitation."""

    token = WordsField(widget=forms.HiddenInput, required=False)
    invited_by = forms.ChoiceField(required=False)
    joined = DayField(required=False)
    note = WordsField(
        label="备注", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
        help_text="简要写联系方式和商定的事项，不写他人的姓名和电话。",
    )  # fmt: skip

    def __init__(self, *given: Any, rule: VillageContacts, **options: Any) -> None:
        super().__init__(*given, **options)
        self._rule = rule
        self.fields["invited_by"].label = f"{rule.group}的邀请方"
        self.fields["joined"].label = f"加入{rule.group}的日期"
        offer(self, "invited_by", list(rule.inviters.items()))
        for office, label in rule.offices.items():
            self.fields[f"office-{office}"] = DayField(
                label=f"与{label}建立联系的日期", required=False, help_text="还没有联系的，不填。"
            )
        self.order_fields([f"office-{office}" for office in rule.offices])

    def said(self) -> dict[str, Any]:
        """Return what was entered; to be asked once it was judged."""
        said = self.cleaned_data
        offices = {office: day for office in self._rule.offices if (day := said[f"office-{office}"])}
        return {"offices": offices, **{name: said[name] for name in ("invited_by", "joined", "note")}}


def as_entered(contact: VillageContact) -> dict[str, Any]:
    """Return what stands in a contact as the form shows it."""
    said = contact.said()
    return {**{f"office-{office}": day for office, day in said.pop("contacts").items()}, **said}
