"""The form made from the pack: how each entry is asked for, and what of it is kept."""

import pytest
from django import forms
from django.http import QueryDict

from apps.applications.models import Application
from apps.applications.selectors import case_of
from apps.policies.schema import FormStep
from apps.seasons.selectors import pack_of
from apps.writing import selectors
from apps.writing.forms import PageForm
from tests import factories
from tests.factories import Scene


def step_of(application: Application, number: int) -> FormStep:
    return pack_of(application.season).processes.application.form[number - 1]


def form_of(application: Application, number: int, typed: dict[str, object] | QueryDict) -> PageForm:
    return PageForm(application, step_of(application, number), typed)


def test_every_page_asks_for_the_facts_of_the_pack_in_their_order(draft: Application) -> None:
    for number in range(1, 6):
        step = step_of(draft, number)
        assert list(form_of(draft, number, {}).fields) == [field.fact for field in step.fields]


def test_each_type_of_fact_has_its_way_of_being_asked(draft: Application) -> None:
    fields = {name: field.widget for number in range(1, 6) for name, field in form_of(draft, number, {}).fields.items()}
    assert {name: type(widget) for name, widget in fields.items()} == {
        "person.name": forms.TextInput,
        "person.sex": forms.RadioSelect,
        "person.birth_date": forms.TextInput,
        "person.unit": forms.RadioSelect,
        "person.in_service": forms.RadioSelect,
        "person.education": forms.RadioSelect,
        "person.title": forms.RadioSelect,
        "person.specialty": forms.TextInput,
        "person.years_of_service": forms.TextInput,
        "application.category": forms.RadioSelect,
        "application.county": forms.Select,
        "application.industries": forms.CheckboxSelectMultiple,
        "application.plan": forms.Textarea,
        "application.experience": forms.Textarea,
        "application.achievements": forms.Textarea,
        "application.joins_county_team": forms.RadioSelect,
        "application.declaration": forms.RadioSelect,
    }
    assert fields["person.birth_date"].input_type == "date"
    assert fields["person.years_of_service"].attrs["inputmode"] == "numeric"
    assert fields["application.plan"].attrs["data-most"] == 2000


def test_counties_are_listed_under_the_cities_that_supervise_them(draft: Application) -> None:
    groups = form_of(draft, 3, {}).fields["application.county"].widget.choices
    assert list(groups) == [
        ("", "请选择"),
        ("南宁市", [("450123", "隆安县"), ("450126", "宾阳县")]),
        ("柳州市", [("450222", "柳城县")]),
    ]


def test_what_is_no_day_stays_visible_as_text(draft: Application) -> None:
    field = form_of(draft, 1, {"person.birth_date": "八五年春"})["person.birth_date"]
    assert 'type="text" name="person.birth_date" value="八五年春"' in str(field)


def test_only_what_was_sent_of_the_page_is_taken(draft: Application) -> None:
    sent = QueryDict("person.education=硕士&application.plan=别页的&nonsense=1")
    assert form_of(draft, 2, sent).typed() == {"person.education": "硕士"}


def test_a_list_with_nothing_ticked_is_told_from_one_not_asked_for(draft: Application) -> None:
    assert form_of(draft, 3, QueryDict("application.industries=")).typed() == {"application.industries": []}
    ticked = QueryDict("application.industries=&application.industries=tea&application.industries=rice")
    assert form_of(draft, 3, ticked).typed() == {"application.industries": ["tea", "rice"]}
    assert form_of(draft, 3, QueryDict("")).typed() == {}


def test_mistakes_stand_beside_the_entries_they_concern(scene: Scene, draft: Application) -> None:
    content = {**draft.content, "person.years_of_service": "很久", "person.specialty": ""}
    Application.objects.filter(pk=draft.pk).update(content=content)
    problems = case_of(draft, scene.at).problems
    form = PageForm(draft, step_of(draft, 2), content, problems=problems)
    assert form.errors == {
        "person.specialty": ["专业特长没有填写。"],
        "person.years_of_service": ["从事科技服务年限应填写整数。"],
    }


@pytest.mark.parametrize(
    ("typed", "found"), [("测试大", ["广西测试大学"]), ("测", []), ("  ", []), ("%", []), ("__", []), ("甲" * 101, [])]
)
def test_a_unit_is_looked_for_by_two_characters_or_more(draft: Application, typed: str, found: list[str]) -> None:
    assert [unit.name for unit in selectors.organizations_for(draft, "person.unit", typed)] == found


def test_no_more_units_are_shown_than_one_can_look_over(scene: Scene, draft: Application) -> None:
    for n in range(25):
        factories.make_unit(scene.county, name=f"农技站{n}")
    assert len(selectors.organizations_for(draft, "person.unit", "农技")) == 20
