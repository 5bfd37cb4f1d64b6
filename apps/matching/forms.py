"""What is typed and chosen in the two-way selection."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet

from apps.core.inputs import DayField, WordsField
from apps.desks.walks import Ground
from apps.directory.models import Region
from apps.matching.models import VillageContact
from apps.matching.models.allocation import DRAWN_DIGITS, DRAWN_NUMBER
from apps.matching.models.wishes import MOST_POINTS
from apps.matching.selectors.places import SiteChoices
from apps.matching.selectors.wishes import Choices
from apps.matching.states import WishWord
from apps.policies.schema import VillageContacts
from apps.seasons.models import Season, ServiceGroup

LONGEST_INDUSTRY = 60

# Needs, the pool, pairings


class OpinionForm(forms.Form):
    """What is said with an act, and on which text."""

    token = WordsField(widget=forms.HiddenInput, required=False)
    digest = WordsField(widget=forms.HiddenInput, required=False, max_length=64)
    opinion = WordsField(
        label="意见", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500})
    )

    def __init__(self, *given: Any, is_reason: bool, grounds: Sequence[Ground] = (), **options: Any) -> None:
        super().__init__(*given, **options)
        self.grounds = {ground.key: ground for ground in grounds}
        if grounds:
            choices = [(key, ground.label) for key, ground in self.grounds.items()]
            self.fields["ground"] = forms.ChoiceField(label="依据", choices=[("", "请选择"), *choices])
        if is_reason:
            self.fields["opinion"].label = "理由"
            self.fields["opinion"].required = True
            self.fields["opinion"].error_messages["required"] = "请写明理由。"

    def chosen_ground(self) -> Ground | None:
        """Return the ground chosen, None where none was asked for."""
        return self.grounds.get(self.cleaned_data.get("ground", ""))


class RevealForm(forms.Form):
    """Why whom to ask must be read in full."""

    reason = WordsField(label="查看理由", max_length=200, help_text="例如：电话商谈服务意向。将记入查看记录。")


class NeedForm(forms.Form):
    """What is needed, where, and whom to ask."""

    season = forms.ModelChoiceField(Season.objects.none(), label="批次")
    poster = forms.ChoiceField(label="提出单位")
    industry = forms.ChoiceField(label="产业")
    place = forms.ModelChoiceField(
        Region.objects.none(), label="乡镇、村", required=False, help_text="不填则为全县（市、区）或单位所在地。"
    )
    title = WordsField(label="需求名称", max_length=60, help_text="一句话说明，例如：苹果园病虫害防治指导。")
    detail = WordsField(label="需求内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 6, "maxlength": 2000}))
    wanted = forms.IntegerField(label="需要人数", min_value=1, max_value=99, initial=1)
    contact = WordsField(label="联系人", max_length=50, help_text="公开页面不显示全名和电话。")
    phone = forms.RegexField(
        r"^[0-9+\-() ]{6,20}$", label="联系电话", error_messages={"invalid": "请填写电话号码，只用数字、空格和连字符。"}
    )

    def __init__(
        self,
        *given: Any,
        seasons: QuerySet[Season],
        posters: Mapping[str, object],
        industries: Mapping[str, str],
        places: QuerySet[Region],
        **options: Any,
    ) -> None:
        super().__init__(*given, **options)
        _choose(self, "season", seasons)
        _choose(self, "place", places)
        _offer(self, "poster", [(desk, str(label)) for desk, label in posters.items()])
        _offer(self, "industry", list(industries.items()))


class EntryForm(forms.Form):
    """In which industries, and with what, a person can help."""

    industries = forms.MultipleChoiceField(
        label="服务产业", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请至少选一个产业。"}
    )
    offer = WordsField(
        label="能提供的服务", max_length=1000, widget=forms.Textarea(attrs={"rows": 6, "maxlength": 1000})
    )

    def __init__(self, *given: Any, industries: Mapping[str, str], **options: Any) -> None:
        super().__init__(*given, **options)
        _offer(self, "industries", list(industries.items()), is_first_empty=False)


class ProposeForm(forms.Form):
    """With whom, on what, a side proposes to work together."""

    season = forms.ModelChoiceField(Season.objects.none(), label="批次")
    side = forms.ChoiceField(label="受援单位或县（市、区）")
    industry = forms.ChoiceField(label="产业")
    terms = WordsField(
        label="服务内容",
        max_length=1000,
        help_text="写明服务内容、方式和时间，对方按此表态。",
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 1000}),
    )

    def __init__(
        self,
        *given: Any,
        seasons: QuerySet[Season],
        sides: Sequence[tuple[str, str]],
        industries: Mapping[str, str],
        **options: Any,
    ) -> None:
        super().__init__(*given, **options)
        _choose(self, "season", seasons)
        _offer(self, "side", sides)
        _offer(self, "industry", list(industries.items()))


class InviteForm(forms.Form):
    """Into which pool a person is invited, with what words."""

    season = forms.ModelChoiceField(Season.objects.none(), label="批次")
    opinion = WordsField(
        label="邀请说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )

    def __init__(self, *given: Any, seasons: QuerySet[Season], **options: Any) -> None:
        super().__init__(*given, **options)
        _choose(self, "season", seasons)


def _choose(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
    if field.empty_label is not None:
        field.empty_label = "请选择" if field.required else "不指定"


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]], *, is_first_empty: bool = True) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", "请选择"), *choices] if is_first_empty and len(choices) > 1 else list(choices)


# Wishes


class WishesForm(forms.Form):
    """A county and an industry for each wish, the dearest first; an empty row is no wish."""

    def __init__(self, *args: Any, choices: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.most = choices.most
        groups = [
            (city, [(group.pk, choices.called(group)) for group in rows]) for city, rows in choices.groups.items()
        ]
        self._offered = choices.industries
        industries = list(dict.fromkeys(each for rows in choices.industries.values() for each in rows))
        for number in range(1, choices.most + 1):
            is_needed = number <= choices.least
            self.fields[f"group-{number}"] = forms.TypedChoiceField(
                label=f"志愿{number}：县（市、区）", choices=[("", "请选择"), *groups], coerce=int, required=is_needed
            )
            self.fields[f"industry-{number}"] = forms.ChoiceField(
                label=f"志愿{number}：产业", choices=[("", "请选择"), *((each, each) for each in industries)],
                required=is_needed,
            )  # fmt: skip

    def clean(self) -> None:
        """Lay beside its entry what no wish can be: half of one, one that stands above, one that is not offered."""
        self._said = said = dict(self.cleaned_data)
        above: dict[int | None, int] = {}
        for number in range(1, self.most + 1):
            group, industry = said.get(f"group-{number}"), said.get(f"industry-{number}")
            if industry and not group:
                self.add_error(f"group-{number}", "已选产业，还没有选择县（市、区）。")
            elif group and not industry:
                self.add_error(f"industry-{number}", "还没有选择产业。")
            elif group in above:
                self.add_error(f"group-{number}", f"与志愿{above[group]}相同，请改选或清空。")
            elif group and industry not in self._offered.get(group, ()):
                self.add_error(f"industry-{number}", "该县（市、区）没有这一产业，请改选。")
            above.setdefault(group, number)

    @property
    def rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """Yield the two entries of each wish."""
        for number in range(1, self.most + 1):
            yield self[f"group-{number}"], self[f"industry-{number}"]

    def entries(self) -> list[dict[str, Any]]:
        """Return what was chosen so far, row by row, without the empty ones; to be asked once it was judged."""
        said = self._said
        rows = ((said.get(f"group-{n}"), said.get(f"industry-{n}")) for n in range(1, self.most + 1))
        return [{"group": group, "industry": industry or ""} for group, industry in rows if group]


def as_typed(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return kept wishes as the form shows them."""
    return {f"{name}-{n}": entry[name] for n, entry in enumerate(entries, 1) for name in ("group", "industry")}


class LateForm(forms.Form):
    """Why wishes come late, and that they were looked through."""

    opinion = WordsField(
        label="逾期原因", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )
    confirmed = forms.BooleanField(
        label="以上志愿已核对，同意提交", error_messages={"required": "请核对后勾选，再提交。"}
    )


class JudgeForm(forms.Form):
    """What a county says of wishes."""

    word = forms.ChoiceField(label="意见", choices=WishWord.choices)
    points = forms.IntegerField(
        label="评分", required=False, min_value=0, max_value=MOST_POINTS,
        help_text=f"0至{MOST_POINTS}分，同一意见中分高者优先。",
    )  # fmt: skip
    opinion = WordsField(
        label="理由", required=False, max_length=500, help_text="不接收的须写明理由。",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )  # fmt: skip


class IndustriesForm(forms.Form):
    """The industries of a county, one a line."""

    industries = WordsField(
        label="特色产业", required=False, max_length=2000, help_text="每行一个；留空则可选政策所列全部产业。",
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip

    def clean_industries(self) -> list[str]:
        """Return the lines that say something, each at most as long as an industry may be called."""
        lines = [line.strip() for line in self.cleaned_data["industries"].splitlines() if line.strip()]
        if any(len(line) > LONGEST_INDUSTRY for line in lines):
            raise forms.ValidationError(f"每行不超过{LONGEST_INDUSTRY}字。")
        return lines


# Allocation


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
        _choose(self, "to", groups)


# Placement


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
        _offer(self, "county", [(county.pk, county.name) for county in counties])
        _offer(self, "kind", list(kinds.items()))


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
        _offer(self, "client", [(str(each.pk), _bindable(each)) for each in clients])


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
        _offer(self, "invited_by", list(rule.inviters.items()))
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
