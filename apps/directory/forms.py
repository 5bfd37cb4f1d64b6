"""What the pages on posts ask for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from apps.core.inputs import DayField, WordsField
from apps.core.refs import Ref
from apps.directory.models import Organization, Region, User
from apps.directory.states import Role


class ReasonForm(forms.Form):
    """Why who decides is changed; the page of the post shows it."""

    reason = WordsField(label="事由", max_length=200)


class UserForm(ReasonForm):
    """One of the users who may be chosen."""

    user = forms.ModelChoiceField(label="人员", queryset=User.objects.none(), error_messages={
        "required": "请先查找并选择人员。", "invalid_choice": "请从列出的人员中选择。"
    })  # fmt: skip

    def __init__(self, *given: Any, users: QuerySet[User], **options: Any) -> None:
        super().__init__(*given, **options)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = users


class SubstituteForm(UserForm):
    """Who stands in, and on which days."""

    starts = DayField(label="起日", help_text="含当日")
    ends = DayField(label="止日", help_text="含当日；期满自动失效")
    field_order = ("user", "starts", "ends", "reason")


class HandOverForm(UserForm):
    """Who takes a post over, and from which day."""

    on = DayField(label="接任日", help_text="原任职人任职至前一日")
    field_order = ("user", "on", "reason")


class EndForm(ReasonForm):
    """The last day of a post."""

    ends = DayField(label="最后一日", help_text="含当日")
    field_order = ("ends", "reason")


class PostForm(UserForm):
    """Who gets which post, where, for how long."""

    place = WordsField(label="区域或单位", max_length=60, error_messages={"required": "请先查找并选择地点。"})
    role = forms.ChoiceField(label="角色", choices=Role.choices)
    title = WordsField(label="职务", max_length=100, help_text="显示在办理记录中，例如：某县科技局经办人")
    starts = DayField(label="起日")
    ends = DayField(label="止日", required=False, help_text="没有期限的可不填")
    field_order = ("user", "place", "role", "title", "starts", "ends", "reason")

    def __init__(self, *given: Any, places: Mapping[str, QuerySet[Any]], **options: Any) -> None:
        super().__init__(*given, **options)
        self.places = places

    def clean_place(self) -> Region | Organization:
        """Return the place named, of those that may be chosen."""
        try:
            ref = Ref.parse(self.cleaned_data["place"])
            place: Region | Organization = self.places[ref.kind].get(pk=ref.key)
        except (ValueError, KeyError, Region.DoesNotExist, Organization.DoesNotExist) as error:
            raise forms.ValidationError("请从列出的区域或单位中选择。") from error
        return place
