"""What is typed and chosen around wishes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms

from apps.core.inputs import WordsField
from apps.matching.forms.choices import LONGEST_INDUSTRY
from apps.matching.models.wishes import MOST_POINTS
from apps.matching.selectors.wishes import Choices
from apps.matching.states import WishWord


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
            elif group and group in above:
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
