"""What the season office types."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, cast

from django import forms
from django.forms.boundfield import BoundWidget

from apps.core.inputs import DayField, WordsField
from apps.directory.models import Region
from apps.policies.schema import Pack
from apps.seasons.models import MOST_DAYS_LATE, Quota, Season, ServiceGroup
from apps.seasons.selectors import GROUP, PARTS, PLACES, QuotaLine, QuotaTable, RegionQuotas, seasons_alike, shared_out
from apps.seasons.states import SeasonState

MOST_PLACES = 100_000
MEASURE = "measure"
"""The button that fills places by villages; nothing is saved."""
LONGEST_PARTS, LONGEST_INDUSTRY = 1000, 60
_BETWEEN_PARTS = re.compile(r"[；;，,、\n]")
_PART = re.compile(r"(?P<industry>.{1,60}?)[ :：]*(?P<places>[0-9]{1,6})")
Faults = Mapping[tuple[int, int], str]
Proposed = Mapping[int, tuple[int | None, str]]
"""By the key of each row what is proposed for it: places, and parts as they are typed."""


class PrepareForm(forms.Form):
    """Which pack, where, and under what name."""

    pack = forms.ChoiceField(label="政策包")
    jurisdiction = forms.ChoiceField(label="实施区域")
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    title = WordsField(label="批次名称", max_length=100)
    another = forms.BooleanField(label="确需在同一区域、同一年度按同一政策另建一个批次")

    def __init__(self, *args: Any, packs: Sequence[Pack], places: Sequence[Region], **kept: Any) -> None:
        super().__init__(*args, **kept)
        self.packs = {pack.id: pack for pack in packs}
        self.places = {place.pk: place for place in places}
        pack, jurisdiction = (cast(forms.ChoiceField, self.fields[name]) for name in ("pack", "jurisdiction"))
        pack.choices = [(each.id, _with_number(each)) for each in packs]
        jurisdiction.choices = [(place.pk, place.name) for place in places]
        there = "、".join(f"“{season}”（{SeasonState(season.state).label}）" for season in self._alike())
        self.fields["another"].error_messages["required"] = f"已有{there}。确需另建的，请勾选后再建立批次。"
        if not there:
            del self.fields["another"]

    def _alike(self) -> Sequence[Season]:
        """Return the seasons that run the same, once it is known what."""
        pack, place, year = (str(self.data.get(name, "")) for name in ("pack", "jurisdiction", "year"))
        if pack not in self.packs or place not in self.places or not re.fullmatch(r"[0-9]{4}", year):
            return []
        return list(seasons_alike(pack, place, int(year)))

    def clean(self) -> dict[str, Any]:
        """Refuse a pack outside the region it was made for."""
        said = super().clean() or {}
        pack, place = self.packs.get(said.get("pack", "")), self.places.get(said.get("jurisdiction", ""))
        if pack and place and pack.jurisdiction != place.pk:
            self.add_error("jurisdiction", f"政策包“{pack.title}”不适用于{place.name}。")
        return said


def _with_number(pack: Pack) -> str:
    return f"{pack.title}（{pack.source.number}）" if pack.source.number else pack.title


class ReasonForm(forms.Form):
    """Why a setting is changed; the log keeps it."""

    reason = WordsField(label="调整理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DiscardForm(ReasonForm):
    """Why a season that was never started is given up."""

    reason = WordsField(label="作废理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class WindowForm(ReasonForm):
    """The days of a window, both inclusive, and for how long it is lenient."""

    SETTINGS = ("opens", "closes", "grace_days", "late_days")
    opens = DayField(label="开始", required=False)
    closes = DayField(label="截止", required=False)
    grace_days = forms.IntegerField(label="宽限天数", min_value=0, max_value=MOST_DAYS_LATE)
    late_days = forms.IntegerField(
        label="补报天数",
        min_value=0,
        max_value=MOST_DAYS_LATE,
        help_text="截止和宽限之后，写明理由仍可提交的天数；0为不收补报。",
    )
    field_order = (*SETTINGS, "reason")

    def __init__(self, *args: Any, between: tuple[date, date], **kept: Any) -> None:
        super().__init__(*args, **kept)
        for name in ("opens", "closes"):
            cast(DayField, self.fields[name]).bound(*between)

    def clean(self) -> dict[str, Any]:
        """Refuse days out of order."""
        said = super().clean() or {}
        opens, closes = said.get("opens"), said.get("closes")
        if opens and closes and closes < opens:
            self.add_error("closes", "截止日不能早于开始日。")
        return said


class DayForm(ReasonForm):
    """A day of the calendar, and whether it is worked."""

    day = DayField(label="日期")
    is_working = forms.TypedChoiceField(
        label="这一天",
        choices=[("no", "休息日"), ("yes", "工作日"), ("week", "按周末规则")],
        coerce=lambda word: {"yes": True, "no": False, "week": None}[word],
        empty_value=None,
    )
    label = WordsField(label="说明", required=False, max_length=50, help_text="例如：国庆节、国庆节调休。")
    field_order = ("day", "is_working", "label", "reason")

    def __init__(self, *args: Any, between: tuple[date, date], **kept: Any) -> None:
        super().__init__(*args, **kept)
        cast(DayField, self.fields["day"]).bound(*between)


class PartsField(WordsField):
    """Places by industry, as 柑橘3；桑蚕2; nothing where they are not divided."""

    default_error_messages: ClassVar = {"parts": "“%(typed)s”应写成产业和名额，如：柑橘3；桑蚕2。"}

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=LONGEST_PARTS, **options)

    def clean(self, value: Any) -> dict[str, int]:
        """Return the places by industry; refuse what is no industry with a number, and an industry named twice."""
        on_one_line = "；".join(str(value or "").splitlines())
        parts: dict[str, int] = {}
        for typed in filter(None, (each.strip() for each in _BETWEEN_PARTS.split(super().clean(on_one_line)))):
            found = _PART.fullmatch(typed)
            if found is None or found["industry"] in parts or int(found["places"]) > MOST_PLACES:
                raise forms.ValidationError(self.error_messages["parts"], "parts", {"typed": typed[:LONGEST_INDUSTRY]})
            parts[found["industry"]] = int(found["places"])
        return parts


class QuotasForm(ReasonForm):
    """Places and parts of all service groups; nothing for one not yet set. `total` is what places must add up to."""

    total = forms.IntegerField(
        label="应分配总数", required=False, min_value=0, max_value=MOST_PLACES,
        help_text="填写后核对合计，或按村数测算；留空不核对。",
    )  # fmt: skip
    field_order = ("total", "reason")

    def __init__(self, *args: Any, table: QuotaTable, proposed: Proposed | None = None, **kept: Any) -> None:
        super().__init__(*args, **kept)
        self._table, self._lines, proposed = table, table.whole.lines, proposed or {}
        self.is_measuring = MEASURE in self.data
        self.fields["reason"].required = not self.is_measuring
        for line in self._lines:
            row = line.quota
            places, parts = proposed.get(row.pk, (row.places, line.parts_in_words))
            self.fields[_places(row)] = forms.IntegerField(
                label=f"{row.group}名额", required=False, min_value=0, max_value=MOST_PLACES, initial=places
            )
            self.fields[_parts(row)] = PartsField(label=f"{row.group}分产业名额", initial=parts)

    def places(self) -> dict[int, int | None]:
        """Return the places typed, by the key of each row."""
        return {line.quota.pk: self.cleaned_data[_places(line.quota)] for line in self._lines}

    def parts(self) -> dict[int, dict[str, int]]:
        """Return the parts typed, by the key of each row."""
        return {line.quota.pk: self.cleaned_data[_parts(line.quota)] for line in self._lines}

    def cities(self) -> list[tuple[RegionQuotas, list[tuple[QuotaLine, forms.BoundField, forms.BoundField]]]]:
        """Return each city with its rows, and the fields in which their places and parts are typed."""
        return [
            (city, [(line, self[_places(line.quota)], self[_parts(line.quota)]) for line in city.lines])
            for city in self._table.cities
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse places that do not add up to the total given."""
        said = super().clean() or {}
        total, found = said.get("total"), sum(said.get(_places(line.quota)) or 0 for line in self._lines)
        if total is not None and found != total and not self.is_measuring:
            self.add_error("total", f"各县名额合计{found}，与应分配总数{total}相差{abs(found - total)}。")
        return said

    def measured(self) -> "QuotasForm | None":
        """Return a form with the places not set filled by villages, up to the total; None where that cannot be."""
        said, rows = self.cleaned_data, [line.quota for line in self._lines]
        typed = {row.pk: said.get(_places(row)) for row in rows}
        unset = [row for row in rows if typed[row.pk] is None]
        total = said.get("total")
        try:
            left = -1 if total is None else total - sum(number or 0 for number in typed.values())
            shares = shared_out(left, [row.villages for row in unset])
        except ValueError:
            return None
        places = typed | dict(zip((row.pk for row in unset), shares, strict=True))
        proposed = {row.pk: (places[row.pk], str(self.data.get(_parts(row), ""))) for row in rows}
        initial = {"total": total, "reason": said.get("reason") or f"按村（社区）数测算，总数{total}。"}
        return QuotasForm(table=self._table, proposed=proposed, initial=initial)


def _places(quota: Quota) -> str:
    return f"places-{quota.pk}"


def _parts(quota: Quota) -> str:
    return f"parts-{quota.pk}"


class OverrunForm(ReasonForm):
    """How many people beyond a quota may be taken, and on what basis."""

    extra = forms.IntegerField(
        label="超额人数", min_value=0, max_value=MOST_PLACES, help_text="在名额之外可再接收的人数；0为取消超额。"
    )
    basis = WordsField(label="批准依据", max_length=300, help_text="文件、会议纪要等。")
    field_order = ("extra", "basis", "reason")


class CeilingsForm(ReasonForm):
    """What the places of all groups, and of those of each city, may add up to; nothing for no limit."""

    def __init__(self, *args: Any, table: QuotaTable, **kept: Any) -> None:
        super().__init__(*args, **kept)
        whole = [table.whole] if [table.whole.region] != [each.region for each in table.cities] else []
        self.regions = [*whole, *table.cities]
        for each in self.regions:
            self.fields[each.region.pk] = forms.IntegerField(
                label=f"{each.region}总数", required=False, min_value=0, max_value=MOST_PLACES, initial=each.ceiling
            )

    def places(self) -> dict[str, int | None]:
        """Return what was typed, by the codes of the regions."""
        return {each.region.pk: self.cleaned_data[each.region.pk] for each in self.regions}

    def lines(self) -> list[tuple[RegionQuotas, forms.BoundField]]:
        """Return each region with the field in which its total is typed."""
        return [(each, self[each.region.pk]) for each in self.regions]


class MergeForm(ReasonForm):
    """Which service groups are served as one, and what that is called."""

    groups = forms.MultipleChoiceField(
        label="合并为一个服务单元", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择两个。"},
    )  # fmt: skip
    name = WordsField(label="合并后的名称", max_length=100, help_text="例如：城区组团。")
    field_order = ("groups", "name", "reason")

    def __init__(self, *args: Any, groups: Mapping[str, Sequence[ServiceGroup]], **kept: Any) -> None:
        super().__init__(*args, **kept)
        self._groups = groups
        listed = [(str(group.pk), group.name) for each in groups.values() for group in each]
        cast(forms.MultipleChoiceField, self.fields["groups"]).choices = listed

    def by_city(self) -> list[tuple[str, list[BoundWidget]]]:
        """Return the boxes of the groups, city by city."""
        boxes = iter(self["groups"])
        return [(city, [next(boxes) for _ in groups]) for city, groups in self._groups.items()]


class QuotaUploadForm(forms.Form):
    """A filled-in workbook."""

    workbook = forms.FileField(label="工作簿", widget=forms.FileInput({"accept": ".xlsx"}))


def quotas_in(cells: Sequence[Sequence[str]], lines: Sequence[QuotaLine]) -> tuple[Proposed, Faults]:
    """Return the places and parts that a sheet gives, by the key of each row, and its faults by (row, column) from 1.

    A sheet without a column for parts leaves them as they are.
    """
    head = [text.strip() for text in cells[0]] if cells else []
    if GROUP not in head or PLACES not in head:
        return {}, {(1, 1): f"首行应有“{GROUP}”和“{PLACES}”两列，请用导出的工作簿填写"}
    at_group, at_places = head.index(GROUP), head.index(PLACES)
    at_parts = head.index(PARTS) if PARTS in head else None
    known = {line.quota.group.name: line for line in lines}
    found: dict[int, tuple[int | None, str]] = {}
    faults: dict[tuple[int, int], str] = {}
    for number, cells_of_row in enumerate(cells[1:], start=2):
        name, typed = _cell(cells_of_row, at_group), _cell(cells_of_row, at_places)
        if not name and not typed:
            continue
        if name not in known or known[name].quota.pk in found:
            faults[number, at_group + 1] = f"“{name[:20]}”{'重复' if name in known else '不在本批次的名单中'}"
            continue
        line = known[name]
        parts = line.parts_in_words if at_parts is None else _cell(cells_of_row, at_parts)
        if typed and not (typed.isascii() and typed.isdecimal() and len(typed) < 7 and int(typed) <= MOST_PLACES):
            faults[number, at_places + 1] = f"名额“{typed[:20]}”应为0至{MOST_PLACES}的整数"
        elif fault := _fault_of_parts(parts):
            faults[number, (at_parts or 0) + 1] = fault
        else:
            found[line.quota.pk] = (int(typed) if typed else None, parts)
    return found, faults


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _fault_of_parts(typed: str) -> str:
    try:
        PartsField().clean(typed)
    except forms.ValidationError as error:
        return "".join(error.messages)
    return ""


class AnswerForm(ReasonForm):
    """What the season chooses where the policy is silent: one of the pack's options, or a value."""

    chosen = WordsField(label="选定为", max_length=60)
    field_order = ("chosen", "reason")

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], **kept: Any) -> None:
        super().__init__(*args, **kept)
        if options:
            self.fields["chosen"] = forms.ChoiceField(label="选定为", choices=options)
            self.order_fields(self.field_order)
