"""What is typed and chosen around needs, the pool and pairings."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from apps.core.inputs import WordsField
from apps.desks.walks import Ground
from apps.directory.models import Region
from apps.matching.forms.choices import choose, offer
from apps.seasons.models import Season


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
        choose(self, "season", seasons)
        choose(self, "place", places)
        offer(self, "poster", [(desk, str(label)) for desk, label in posters.items()])
        offer(self, "industry", list(industries.items()))


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
        offer(self, "industries", list(industries.items()), is_first_empty=False)


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
        choose(self, "season", seasons)
        offer(self, "side", sides)
        offer(self, "industry", list(industries.items()))


class InviteForm(forms.Form):
    """Into which pool a person is invited, with what words."""

    season = forms.ModelChoiceField(Season.objects.none(), label="批次")
    opinion = WordsField(
        label="邀请说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )

    def __init__(self, *given: Any, seasons: QuerySet[Season], **options: Any) -> None:
        super().__init__(*given, **options)
        choose(self, "season", seasons)
