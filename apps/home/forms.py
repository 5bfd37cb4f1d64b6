"""What the pages of the home ask for."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

import django_filters
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict

from apps.core import clock
from apps.core.days import start_of, written_moment
from apps.core.inputs import DayField, DayFilter, WordsField
from apps.core.tables import WordsFilter
from apps.desks import walks
from apps.desks.facts import Candidate
from apps.desks.models import Docket, Paper
from apps.desks.selectors import IS_PUT_OFF, states_around
from apps.desks.states import PUT_OFF, DeskAction, DocketPurpose, DocketState, Word
from apps.desks.walks import Ground
from apps.directory.selectors import called
from apps.home.matrix import Matrix
from apps.notices.models import Message


class PaperFilter(django_filters.FilterSet):
    """Narrow a list of papers by process, state, the name of the person concerned and the days they came."""

    kind = django_filters.ChoiceFilter(label="事项", empty_label="全部", choices=lambda: [
        (walk.kind.name, walk.kind.label) for walk in walks.every()
    ])  # fmt: skip
    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", method="in_state")
    text = WordsFilter(label="姓名或拼音", method="having")
    since = DayFilter(label="到达自", method="since_day")
    until = DayFilter(label="到达至", method="until_day")

    class Meta:
        model = Paper
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.filters["state"].extra["choices"] = states_around(self.request.viewer, self.request.at)
        if len(walks.every()) == 1:
            del self.filters["kind"]

    def in_state(self, papers: QuerySet[Paper], name: str, state: str) -> QuerySet[Paper]:
        """Narrow to those in a state, or that a meeting has left undecided."""
        return papers.filter(IS_PUT_OFF if state == PUT_OFF else Q(state=state))

    def having(self, papers: QuerySet[Paper], name: str, text: str) -> QuerySet[Paper]:
        """Narrow to those about persons called so."""
        return papers.filter(called(text, "person__"))

    def since_day(self, papers: QuerySet[Paper], name: str, day: date) -> QuerySet[Paper]:
        """Narrow to those that came on a day or later."""
        return papers.filter(arrived__gte=start_of(day))

    def until_day(self, papers: QuerySet[Paper], name: str, day: date) -> QuerySet[Paper]:
        """Narrow to those that came on a day or before."""
        return papers.filter(arrived__lt=start_of(day + timedelta(days=1)))


class MessageFilter(django_filters.FilterSet):
    """Narrow messages by the days they came, and to the unread."""

    unread = django_filters.ChoiceFilter(
        label="阅读", empty_label="全部", choices=[("yes", "未读"), ("no", "已读")], method="by_reading"
    )
    since = DayFilter(label="收到自", method="since_day")
    until = DayFilter(label="收到至", method="until_day")

    class Meta:
        model = Message
        fields: list[str] = []

    def by_reading(self, told: QuerySet[Message], name: str, answer: str) -> QuerySet[Message]:
        """Narrow to those read, or not yet."""
        return told.filter(read__isnull=answer == "yes")

    def since_day(self, told: QuerySet[Message], name: str, day: date) -> QuerySet[Message]:
        """Narrow to those told on a day or later."""
        return told.filter(at__gte=start_of(day))

    def until_day(self, told: QuerySet[Message], name: str, day: date) -> QuerySet[Message]:
        """Narrow to those told on a day or before."""
        return told.filter(at__lt=start_of(day + timedelta(days=1)))


class DocketFilter(django_filters.FilterSet):
    """Narrow dockets by what they are for, state and name."""

    purpose = django_filters.ChoiceFilter(label="用途", empty_label="全部", choices=DocketPurpose.choices)
    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=DocketState.choices)
    text = WordsFilter(label="名称", field_name="title", lookup_expr="icontains")

    class Meta:
        model = Docket
        fields: list[str] = []


def keys_sent(sent: QueryDict, name: str) -> list[int]:
    """Return the keys of rows ticked in a list, whatever else was sent."""
    return [int(key) for key in sent.getlist(name) if key.isdecimal() and len(key) < 19]


class DecisionForm(forms.Form):
    """An opinion, with the entries a return concerns or the ground of a refusal."""

    token = WordsField(widget=forms.HiddenInput, required=False)
    opinion = WordsField(
        label="意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
    )
    fields_concerned = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    why_again = WordsField(
        label="由您再次办理的理由",
        required=False,
        max_length=500,
        help_text="记入办理记录。",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )
    ground = WordsField(required=False, max_length=80)
    to = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, widget=forms.RadioSelect)

    def __init__(
        self,
        grounds: Sequence[Ground],
        fields: Sequence[tuple[str, str]],
        data: Mapping[str, Any] | None = None,
        *,
        steps: Sequence[tuple[int, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.grounds = {ground.key: ground for ground in grounds}
        back_to = self.fields["to"]
        assert isinstance(back_to, forms.ChoiceField)
        back_to.choices = [("", "发起人"), *steps]
        concerned = self.fields["fields_concerned"]
        assert isinstance(concerned, forms.ChoiceField)
        concerned.choices = list(fields)

    def chosen_ground(self) -> Ground | None:
        """Return the ground chosen, None for one that does not stand here, as after the act was done."""
        return self.grounds.get(self.cleaned_data["ground"])


class MatrixFilter(forms.Form):
    """Narrow the table of permissions to one role or one page; the area is chosen beside it."""

    role = forms.ChoiceField(label="角色", required=False)
    address = forms.ChoiceField(label="页面或操作", required=False)

    def __init__(self, data: Mapping[str, Any], *, matrix: Matrix) -> None:
        super().__init__(data)
        self.matrix = matrix
        role, address = (cast(forms.ChoiceField, self.fields[name]) for name in ("role", "address"))
        role.choices = [("", "全部"), *((each, each) for each in matrix.roles())]
        address.choices = [
            ("", "全部"),
            *((words, _pages(matrix.of_area(area))) for area, words in matrix.areas.items()),
        ]

    def narrowed(self) -> Matrix:
        """Return the table of all areas as asked for, the whole of it where what was asked for is not in it."""
        said = self.cleaned_data if self.is_valid() else {}
        found = self.matrix.of_role(said["role"]) if said.get("role") else self.matrix
        return found.of_page(said["address"]) if said.get("address") else found

    def area(self) -> str:
        """Return the area to show: that of the page asked for, the one chosen, or the first."""
        within = {row.area for row in self.narrowed().rows}
        chosen = self.data.get("area")
        return chosen if chosen in within else next(area for area in self.matrix.areas if area in within)


def _pages(matrix: Matrix) -> list[tuple[str, str]]:
    """Return the addresses of a table, each once under the label that comes first."""
    return list({row.name: row.label for row in reversed(matrix.rows)}.items())[::-1]


class AskForm(forms.Form):
    """Whose verdicts an office asks for."""

    token = WordsField(widget=forms.HiddenInput, required=False)
    parties = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, candidates: Sequence[Candidate], data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        parties = self.fields["parties"]
        assert isinstance(parties, forms.ChoiceField)
        parties.choices = [(each.desk, each.name) for each in candidates]


class VerdictForm(forms.Form):
    """A word, the points of a score sheet where there is one, and an opinion."""

    token = WordsField(widget=forms.HiddenInput, required=False)
    party = WordsField(widget=forms.HiddenInput, required=False, max_length=120)
    digest = WordsField(widget=forms.HiddenInput, required=False, max_length=64)
    replaces = WordsField(widget=forms.HiddenInput, required=False, max_length=40)
    is_confirmed = forms.BooleanField(label="评分与表态均无误", required=False)
    word = forms.ChoiceField(label="表态", required=False, choices=Word.choices, widget=forms.RadioSelect)
    opinion = WordsField(
        label="意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
    )

    def __init__(
        self, sheet: Sequence[Mapping[str, Any]], data: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        super().__init__(data, **{"auto_id": "verdict_%s", **options})
        self.sheet = [line["id"] for line in sheet]
        for line in sheet:
            self.fields[f"points_{line['id']}"] = forms.IntegerField(
                label=f"{line['label']}（满分{line['most']}）",
                required=False,
                min_value=0,
                max_value=line["most"],
                help_text=line.get("help", ""),
            )

    def points_fields(self) -> list[forms.BoundField]:
        """Return the fields of the sheet, in its order."""
        return [self[f"points_{key}"] for key in self.sheet]

    def total(self) -> int:
        """Return what the points typed so far come to; what is no number counts for nothing."""
        typed = [str(field.value() or "") for field in self.points_fields()]
        return sum(int(each) for each in typed if each.isascii() and each.isdecimal() and len(each) < 4)

    def points(self) -> dict[str, int]:
        """Return what was given on the lines of the sheet."""
        given = {key: self.cleaned_data.get(f"points_{key}") for key in self.sheet}
        return {key: points for key, points in given.items() if points is not None}


class ReopenForm(forms.Form):
    """From which step, and why, a case that was turned down is taken up again."""

    token = WordsField(widget=forms.HiddenInput, required=False)
    to = forms.TypedChoiceField(label="从哪一环节重新办理", coerce=int, widget=forms.RadioSelect)
    opinion = WordsField(label="理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, steps: Sequence[tuple[int, str]], data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = list(steps)


class DocketForm(forms.Form):
    """What is written of a meeting or a list, beside what it says of each record."""

    token = WordsField(widget=forms.HiddenInput, required=False)
    title = WordsField(label="名称", max_length=100)
    held = DayField(label="日期", required=False)
    place = WordsField(label="地点", required=False, max_length=100)
    present = WordsField(label="参加人员", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    minutes = WordsField(label="纪要", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 8}))
    scan = forms.FileField(label="盖章扫描件", required=False)


class ReasonForm(forms.Form):
    """Why a hidden number must be read in full."""

    reason = WordsField(label="查看理由", max_length=200, help_text="例如：电话核实服务意向。将记入查看记录。")


PANEL_OF_ACTION: Mapping[str, str] = {DeskAction.SEND_BACK: "return", DeskAction.REJECT: "refuse"}
"""Which part of the form an action is asked for in."""


_WEAK = {
    "password_too_short": "新密码不足{min_length}位。",
    "password_too_common": "新密码是常用密码，容易被猜到。",
    "password_entirely_numeric": "新密码不能只用数字。",
    "password_too_similar": "新密码与您的用户名或姓名太相近。",
}


class SignInForm(AuthenticationForm):
    """A user name and a password, which is worth nothing if it was for one time and has run out."""

    error_messages = {"invalid_login": "用户名或密码不正确，请核对后重试；连续多次错误将暂时锁定。"}

    def confirm_login_allowed(self, user: Any) -> None:
        if user.one_time_until and user.one_time_until < clock.now():
            last = written_moment(user.one_time_until)
            raise ValidationError(f"一次性密码已于{last}失效，请联系给您密码的经办人重新发放。")


class PasswordForm(PasswordChangeForm):
    """The old password and a new one, asked for in our own words."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.error_messages = {
            "password_mismatch": "两次输入的新密码不一致。",
            "password_incorrect": "旧密码不正确，请重新输入。",
        }
        known = get_default_password_validators()
        lengths = [each.min_length for each in known if isinstance(each, MinimumLengthValidator)]
        least = f"不少于{max(lengths)}位，" if lengths else ""
        new, again = self.fields["new_password1"], self.fields["new_password2"]
        new.help_text = f"{least}不能只用数字，不能是常用密码，不能与用户名、姓名相近。"
        again.label, again.help_text = "再次输入新密码", "请输入与上面相同的密码。"

    def clean_new_password1(self) -> str:
        """Refuse the old password as the new one."""
        new: str = self.cleaned_data["new_password1"]
        if self.user.check_password(new):
            raise ValidationError("新密码不能与旧密码相同。")
        return new

    def validate_password_for_user(self, user: Any, password_field_name: str = "new_password2") -> None:
        """Say in our own words what makes a password weak."""
        password = self.cleaned_data.get(password_field_name)
        try:
            validate_password(password or "", user)
        except ValidationError as weak:
            for each in weak.error_list:
                self.add_error(password_field_name, _WEAK[each.code or ""].format(**(each.params or {})))
