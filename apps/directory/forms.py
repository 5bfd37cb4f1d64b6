"""What the pages on posts, people and logins ask for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from apps.core.inputs import DayField, WordsField
from apps.core.refs import Ref
from apps.directory.models import Organization, Region, User
from apps.directory.states import Role, Sex

_AS_ON_FORMS = "写法与申请表的选项一致时，申请时自动填入"


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


class PlaceForm(ReasonForm):
    """One of the places that may be chosen."""

    place = WordsField(label="区域或单位", max_length=60, error_messages={"required": "请先查找并选择地点。"})

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


class MoveForm(PlaceForm):
    """The unit to which a person goes."""

    place = WordsField(label="调入单位", max_length=60, error_messages={"required": "请先查找并选择调入单位。"})
    field_order = ("place", "reason")


class PostForm(UserForm, PlaceForm):
    """Who gets which post, where, for how long."""

    role = forms.ChoiceField(label="角色", choices=Role.choices)
    title = WordsField(label="职务", max_length=100, help_text="显示在办理记录中，例如：某县科技局经办人")
    starts = DayField(label="起日")
    ends = DayField(label="止日", required=False, help_text="没有期限的可不填")
    field_order = ("user", "place", "role", "title", "starts", "ends", "reason")


class PersonForm(forms.Form):
    """What a file holds; what of it an application asks for is filled in from here."""

    name = WordsField(label="姓名", max_length=50)
    sex = forms.ChoiceField(label="性别", required=False, choices=[("", "未填写"), *Sex.choices])
    birth_date = DayField(label="出生日期", required=False)
    id_number = WordsField(label="身份证号", max_length=18, help_text="18位；登记后只显示首尾")
    phone = forms.RegexField(r"^1[0-9]{10}$", label="手机号", required=False, help_text="11位；登记后只显示首尾",
                             error_messages={"invalid": "请填写11位手机号。"})  # fmt: skip
    email = forms.EmailField(label="电子邮箱", required=False, max_length=254, help_text="消息同时发到此邮箱")
    education = WordsField(label="学历", required=False, max_length=20, help_text=_AS_ON_FORMS)
    title = WordsField(label="职称", required=False, max_length=20, help_text=_AS_ON_FORMS)
    specialty = WordsField(label="专业特长", required=False, max_length=100)
    years_of_service = forms.IntegerField(label="从事科技服务年限", required=False, min_value=0, max_value=99)


class RegisterForm(PersonForm):
    """The file of somebody new, in one of the units for which the officer registers."""

    unit = forms.ModelChoiceField(label="工作单位", queryset=Organization.objects.none())
    field_order = ("unit",)

    def __init__(self, *given: Any, units: QuerySet[Organization], **options: Any) -> None:
        super().__init__(*given, **options)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units
        field.initial = units.first()


class CorrectForm(PersonForm, ReasonForm):
    """A file put right; hidden numbers are not shown, and stay where nothing is typed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=1_000_000)
    field_order = (*PersonForm.base_fields, "reason", "seen")

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        for name in ("id_number", "phone"):
            self.fields[name].required = False
            self.fields[name].help_text = "填写新号码即更正；留空则不变"


class RevealForm(forms.Form):
    """Why a hidden number must be read in full."""

    reason = WordsField(label="查看理由", max_length=200, help_text="例如：电话核实申请材料。将记入查看记录。")


class LoginForm(forms.Form):
    """The user name of a new login."""

    username = forms.RegexField(r"^[A-Za-z0-9._-]{2,30}$", label="用户名", required=False,
                                help_text="2至30位字母、数字、点、横线或下划线；留空则按姓名拼音生成",
                                error_messages={"invalid": "请用2至30位字母、数字、点、横线或下划线。"})  # fmt: skip


class ColleagueForm(LoginForm):
    """The login of a colleague who has no file here."""

    name = WordsField(label="姓名", max_length=50)
    field_order = ("name", "username")
