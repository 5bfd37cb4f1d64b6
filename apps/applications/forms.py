"""What is chosen to start an application."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.directory.models import Person
from apps.matching.selectors.needs import published
from apps.seasons.models import Season
from apps.seasons.selectors import open_seasons


class StartForm(forms.Form):
    """Which season to apply in."""

    season = forms.ModelChoiceField(open_seasons(), label="批次")


class StartForForm(forms.Form):
    """For whom to start an application, and in which season."""

    person = forms.ModelChoiceField(Person.objects.all(), label="人选")
    season = forms.ModelChoiceField(Season.objects.none(), label="批次")
    need = forms.ModelChoiceField(published(), label="对应需求", required=False)

    def __init__(self, *args: Any, seasons: Sequence[Season], **options: Any) -> None:
        super().__init__(*args, **options)
        offered = self.fields["season"]
        assert isinstance(offered, forms.ModelChoiceField)
        offered.queryset = open_seasons().filter(pk__in=[season.pk for season in seasons])
