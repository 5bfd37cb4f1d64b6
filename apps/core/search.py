"""Finding a name by some of its characters, with the help of an index.

Names are short and of few characters, so a name is found by the set of them: PostgreSQL keeps an inverted index from
each character to its rows, which serves words of one or two characters too, where trigrams do not.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import CharField, Index, Model
from django.db.models.lookups import IContains

_CHARACTERS = "string_to_array({}, NULL)"


class Holds(IContains):
    """Hold a text, in capital letters or small: `icontains` by the index of characters, registered as `holds`.

    For one character the index says it all; to ask again would only mislead the planner's estimate.
    """

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        alike, sought = super().as_sql(compiler, connection)
        column, given = self.process_lhs(compiler, connection)
        characters = f"{_CHARACTERS.format(column)} @> {_CHARACTERS.format('UPPER(%s)')}"
        if len(str(self.rhs)) == 1:
            return characters, [*given, self.rhs]
        return f"({characters} AND {alike})", [*given, self.rhs, *sought]


CharField.register_lookup(Holds, "holds")


class CharacterIndex(Index):
    """An index from each character of one column to the rows that hold it; a plain one where PostgreSQL is not used."""

    def create_sql(
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **options: Any
    ) -> Statement:
        if schema_editor.connection.vendor == "postgresql":
            options["sql"] = (
                f"CREATE INDEX %(name)s ON %(table)s USING gin ({_CHARACTERS.format('upper(%(columns)s::text)')})"
            )
        field = model._meta.get_field(self.fields[0])
        made: Statement = schema_editor._create_index_sql(  # type: ignore[attr-defined]
            model, fields=[field], name=self.name, **options
        )
        return made
