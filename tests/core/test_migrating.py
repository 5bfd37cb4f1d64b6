"""A table is made with its indexes and constraints, as far as its columns are there."""

from django.db import models
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.models import Q

from apps.core.migrating import gathered


def table() -> CreateModel:
    return CreateModel("Paper", [("id", models.BigAutoField(primary_key=True)), ("desk", models.TextField())])


def index(*fields: str, **options: object) -> AddIndex:
    return AddIndex("paper", models.Index(fields=fields, name="paper_by_desk", **options))


def unique(**options: object) -> AddConstraint:
    return AddConstraint("paper", models.UniqueConstraint(name="one_paper", **options))


def test_what_is_put_on_a_new_table_is_made_with_it():
    by_desk, one = index("-desk", condition=Q(desk__gt="")), unique(fields=["desk"], condition=~Q(desk=""))
    (made,) = gathered([table(), by_desk, one])
    assert made.options == {"indexes": [by_desk.index], "constraints": [one.constraint]}


def test_what_speaks_of_a_column_that_comes_later_or_stands_on_an_older_table_stays_as_it_is():
    later = AddField("paper", "season", models.TextField())
    of_later = [index("season"), unique(fields=["desk"], condition=Q(season__gt="")), unique(fields=["desk", "season"])]
    elsewhere = AddIndex("older", models.Index(fields=["desk"], name="older_by_desk"))
    given = [table(), later, *of_later, elsewhere]
    assert gathered(given) == given
