"""Forms made from the pack: which entry is asked for how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms

from apps.core.refusals import Basis, Problem
from apps.directory.models import Organization
from apps.policies import values
from apps.policies.facts import (
    BOOLEAN,
    CHOICE,
    CHOICES,
    COUNTY,
    DATE,
    FACTS,
    HOST,
    INTEGER,
    LONG_TEXT,
    SCALE,
    TOWNSHIP,
    UNIT,
    Fact,
)
from apps.policies.schema import FormField, FormStep, Pack
from apps.seasons.selectors import counties_in, pack_of
from apps.writing.models import WrittenRecord
from apps.writing.selectors import Return, form_of, organization_of, townships_of

MOST_RADIOS = 6
YES_NO = [("yes", "是"), ("no", "否")]
UNCHOSEN = ("", "请选择")


@dataclass(frozen=True)
class Found:
    """What was found by name for an entry that asks for an organization."""

    fact: str
    searched: str
    organizations: Sequence[Organization]


class Asked(forms.Field):
    """One entry as the pack asks for it; whatever was typed is kept, the pack alone judges it.

    `is_named` tells that a return named it, `before` what had been handed in where that has changed since.
    """

    def __init__(self, asked: FormField, pack: Pack, widget: forms.Widget, given_back: Return | None) -> None:
        self.fact: Fact = FACTS[asked.fact]
        label = asked.label or self.fact.label
        super().__init__(required=False, label=label, help_text=asked.help, widget=widget)
        self.is_optional = not asked.required
        self.basis: Basis | None = pack.basis(asked) if asked.clause else None
        self.is_named = given_back is not None and given_back.names(self.fact.name)
        self.before = given_back.before.get(self.fact.name, "") if given_back else ""
        self.found: Found | None = None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"aria-describedby": f"about-{self.fact.name}"}


class PageForm(forms.Form):
    """One page of the form, filled with what was typed; its mistakes are those that the pack found.

    `given_back` says which entries a return named and what was handed in before, `found` what was looked for by name.
    """

    def __init__(
        self,
        record: WrittenRecord,
        page: FormStep,
        typed: Mapping[str, Any],
        *,
        problems: Sequence[Problem] = (),
        given_back: Return | None = None,
        found: Found | None = None,
    ) -> None:
        super().__init__(typed)
        self.problems = problems
        pack = pack_of(record.season)
        for asked in page.fields:
            fact = FACTS[asked.fact]
            make = _WIDGETS.get(fact.type, _line)
            widget = make(fact, pack, record, typed.get(fact.name))
            field = self.fields[fact.name] = Asked(asked, pack, widget, given_back)
            field.found = found if found and found.fact == fact.name else None

    def clean(self) -> None:
        """Lay the mistakes that the pack found beside their entries."""
        for problem in self.problems:
            if problem.key in self.fields:
                self.add_error(problem.key, problem.message)

    def typed(self) -> dict[str, Any]:
        """Return what was sent of this page, as it was typed; an entry that was not sent is left out."""
        sent = {name: field.widget.value_from_datadict(self.data, {}, name) for name, field in self.fields.items()}
        return {name: _without_marker(value) for name, value in sent.items() if name in self.data}


def _without_marker(value: Any) -> Any:
    """Leave out the empty entry by which a page tells that a list was asked for, though nothing is ticked."""
    return [one for one in value if one] if isinstance(value, list) else value


def _line(*asked: Any) -> forms.Widget:
    return forms.TextInput()


def _area(fact: Fact, *asked: Any) -> forms.Widget:
    return forms.Textarea({"rows": 8, "data-most": fact.at_most})


def _number(*asked: Any) -> forms.Widget:
    return forms.TextInput({"inputmode": "numeric"})


def _day(fact: Fact, pack: Pack, record: WrittenRecord, typed: Any) -> forms.Widget:
    """Let the browser ask for a day; what is no day stays visible as text."""
    try:
        values.read_value(fact, typed, pack)
    except values.Mistyped:
        return forms.TextInput()
    return forms.TextInput({"type": "date"})


def _yes_or_no(*asked: Any) -> forms.Widget:
    return forms.RadioSelect(choices=YES_NO)


def _one_of(fact: Fact, pack: Pack, *asked: Any) -> forms.Widget:
    options = values.options(fact, pack)
    if len(options) <= MOST_RADIOS:
        return forms.RadioSelect(choices=options)
    return forms.Select(choices=[UNCHOSEN, *options])


def _some_of(fact: Fact, pack: Pack, *asked: Any) -> forms.Widget:
    return forms.CheckboxSelectMultiple(choices=values.options(fact, pack))


def _county(fact: Fact, pack: Pack, record: WrittenRecord, *asked: Any) -> forms.Widget:
    """List the counties under the cities that supervise them."""
    counties = sorted(counties_in(record.season), key=lambda county: county.path)
    by_city = groupby(counties, key=lambda county: str(county.supervisor))
    groups = [(city, [(county.pk, county.name) for county in group]) for city, group in by_city]
    return forms.Select({"data-by-city": ""}, [UNCHOSEN, *groups])


def _township(fact: Fact, pack: Pack, record: WrittenRecord, *asked: Any) -> forms.Widget:
    return forms.Select(choices=[UNCHOSEN, *((place.pk, place.name) for place in townships_of(record))])


def _organization(fact: Fact, pack: Pack, record: WrittenRecord, *asked: Any) -> forms.Widget:
    """Offer the organization chosen so far, and none where none is needed; others are looked for by name."""
    chosen = organization_of(record.content.get(fact.name))
    offered = [(str(chosen.pk), f"{chosen.name}（{chosen.region}）")] if chosen else []
    is_needed = any(field.required for field in values.fields_of(form_of(record)) if field.fact == fact.name)
    return forms.RadioSelect(choices=offered if is_needed else [*offered, ("", "没有单位")])


_WIDGETS = {
    LONG_TEXT: _area,
    INTEGER: _number,
    DATE: _day,
    BOOLEAN: _yes_or_no,
    SCALE: _one_of,
    CHOICE: _one_of,
    CHOICES: _some_of,
    COUNTY: _county,
    TOWNSHIP: _township,
    UNIT: _organization,
    HOST: _organization,
}
