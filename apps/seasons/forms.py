"""What the season office types."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from apps.core.inputs import DayInput
from apps.directory.models import Region
from apps.policies.schema import Pack
from apps.seasons.models import Quota
from apps.seasons.selectors import GROUP, PLACES

MOST_PLACES = 100_000
Faults = Mapping[tuple[int, int], str]


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
    """The days of a window, both inclusive, and for how long it is lenient."""

    SETTINGS = ("opens", "closes", "grace_days", "late_days")
    opens = forms.DateField(label="开始", required=False, widget=DayInput())
    closes = forms.DateField(label="截止", required=False, widget=DayInput())
    grace_days = forms.IntegerField(label="宽限天数", min_value=0, max_value=366)
    late_days = forms.IntegerField(
        label="补报天数", min_value=0, max_value=366, help_text="截止和宽限之后，写明理由仍可提交的天数；0为不收补报。"
    )
    field_order = (*SETTINGS, "reason")

    def clean(self) -> dict[str, Any]:
        """Refuse days out of order."""
        said = super().clean() or {}
        opens, closes = said.get("opens"), said.get("closes")
        if opens and closes and closes < opens:
            self.add_error("closes", "截止日不能早于开始日。")
        return said


class DayForm(ReasonForm):
    """A day of the calendar, and whether it is worked."""

    day = forms.DateField(label="日期", widget=DayInput())
    is_working = forms.TypedChoiceField(
        label="这一天",
        choices=[("no", "休息日"), ("yes", "工作日"), ("week", "按周末规则")],
        coerce=lambda word: {"yes": True, "no": False, "week": None}[word],
        empty_value=None,
    )
    label = forms.CharField(label="说明", required=False, max_length=50, help_text="例如：国庆节、国庆节调休。")
    field_order = ("day", "is_working", "label", "reason")


def _key(quota: Quota) -> str:
    return f"places-{quota.pk}"


class QuotasForm(ReasonForm):
    """The places of all service groups; nothing for one not yet set. `total` is what they must add up to, if given."""

    total = forms.IntegerField(
        label="应分配总数", required=False, min_value=0, max_value=MOST_PLACES, help_text="填写后核对合计；留空不核对。"
    )
    field_order = ("total", "reason")

    def __init__(
        self, *args: Any, rows: Sequence[Quota], proposed: Mapping[int, int | None] | None = None, **kept: Any
    ) -> None:
        super().__init__(*args, **kept)
        self.rows = rows
        for row in rows:
            label = f"{row.group}名额"
            initial = (proposed or {}).get(row.pk, row.places)
            self.fields[_key(row)] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=MOST_PLACES, initial=initial
            )

    def places(self) -> dict[int, int | None]:
        """Return what was typed, by the key of each row."""
        return {row.pk: self.cleaned_data[_key(row)] for row in self.rows}

    def lines(self) -> list[tuple[Quota, forms.BoundField]]:
        """Return each row with the field in which its places are typed."""
        return [(row, self[_key(row)]) for row in self.rows]

    def clean(self) -> dict[str, Any]:
        """Refuse places that do not add up to the total given."""
        said = super().clean() or {}
        total, found = said.get("total"), sum(said.get(_key(row)) or 0 for row in self.rows)
        if total is not None and found != total:
            self.add_error("total", f"各县名额合计{found}，与应分配总数{total}相差{abs(found - total)}。")
        return said


class QuotaUploadForm(forms.Form):
    """A filled-in workbook."""

    workbook = forms.FileField(label="工作簿", widget=forms.FileInput({"accept": ".xlsx"}))


def places_in(cells: Sequence[Sequence[str]], rows: Sequence[Quota]) -> tuple[dict[int, int | None], Faults]:
    """Return the places that a sheet gives, by the key of each row, and its faults by (row, column) from 1."""
    head = [text.strip() for text in cells[0]] if cells else []
    if GROUP not in head or PLACES not in head:
        return {}, {(1, 1): f"首行应有“{GROUP}”和“{PLACES}”两列，请用导出的工作簿填写"}
    at_group, at_places = head.index(GROUP), head.index(PLACES)
    known = {row.group.name: row.pk for row in rows}
    places: dict[int, int | None] = {}
    faults: dict[tuple[int, int], str] = {}
    for number, line in enumerate(cells[1:], start=2):
        name, typed = (line[place].strip() if place < len(line) else "" for place in (at_group, at_places))
        if not name and not typed:
            continue
        if name not in known or known[name] in places:
            faults[number, at_group + 1] = f"“{name[:20]}”{'重复' if name in known else '不在本批次的名单中'}"
        elif typed and not (typed.isascii() and typed.isdecimal() and len(typed) < 7 and int(typed) <= MOST_PLACES):
            faults[number, at_places + 1] = f"名额“{typed[:20]}”应为0至{MOST_PLACES}的整数"
        else:
            places[known[name]] = int(typed) if typed else None
    return places, faults


class AnswerForm(ReasonForm):
    """What the season chooses where the policy is silent: one of the pack's options, or a value."""

    chosen = forms.CharField(label="选定为", max_length=60)
    field_order = ("chosen", "reason")

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], **kept: Any) -> None:
        super().__init__(*args, **kept)
        if options:
            self.fields["chosen"] = forms.ChoiceField(label="选定为", choices=options)
            self.order_fields(self.field_order)
