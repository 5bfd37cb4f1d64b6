"""The house stands as it was drawn: one ladder, one door, one name for each kind of file, law only in packs."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps as registry
from django.conf import settings
from django.db.models import CheckConstraint, Field, Model, Q
from django_fsm import FSMField

from apps.core import kinds
from apps.core.door import CREATE
from apps.core.kinds import Kind
from apps.core.models import Recorded

ROOT: Path = settings.BASE_DIR
PRODUCT = ("apps", "config", "workflows")
LONGEST_FILE = 400


def sources(*folders: str) -> list[Path]:
    """Return our Python files, migrations apart."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


TREES = {named(path): ast.parse(path.read_text(encoding="utf-8")) for path in sources(*PRODUCT)}


def ladder() -> list[set[str]]:
    """Return the rungs of the import contract, the highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each.get("containers") == ["apps"]]
    return [{name.strip() for name in rung.split("|")} for rung in layers]


RUNG = {app: -place for place, apps in enumerate(ladder()) for app in apps}
MODELS = [model for model in registry.get_models() if model._meta.app_label in RUNG]
RECORDED = [model for model in MODELS if issubclass(model, Recorded)]


def test_imports_keep_to_the_ladder():
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_every_app_has_its_rung():
    folders = {path.parent.name for path in (ROOT / "apps").glob("*/__init__.py")}
    assert folders == set(RUNG)


def relations(model: type[Model]) -> list[Field]:
    fields = [*model._meta.get_fields(), *model._meta.local_many_to_many]
    return [field for field in fields if field.is_relation and field.concrete and field.model is model]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_only_downward(model: type[Model]):
    pointed = {field.name: field.related_model._meta.app_label for field in relations(model)}
    mine = RUNG[model._meta.app_label]
    upward = {name: app for name, app in pointed.items() if app in RUNG and RUNG[app] > mine}
    sideways = {name: app for name, app in pointed.items() if RUNG.get(app) == mine and app != model._meta.app_label}
    assert (upward, sideways) == ({}, {})


def test_every_record_with_a_state_is_registered_as_a_kind():
    assert {kind.model for kind in kinds.every()} == set(RECORDED)


KINDS = sorted(kinds.every(), key=lambda kind: kind.name)
by_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@by_kind
def test_the_database_knows_the_states_of_a_record(kind: Kind):
    checks = [each for each in kind.model._meta.constraints if isinstance(each, CheckConstraint)]
    allowed = [set(values) for check in checks for name, values in _plain(check.condition) if name == "state__in"]
    assert allowed == [set(kind.states.values)]


def _plain(condition: Q) -> list[tuple[str, list[str]]]:
    """Return the comparisons of a condition that is one comparison."""
    return [child for child in condition.children if len(condition.children) == 1 and isinstance(child, tuple)]


@by_kind
def test_the_state_moves_by_declared_transitions_each_with_its_predicate(kind: Kind):
    (state,) = [field for field in kind.model._meta.fields if isinstance(field, FSMField)]
    transitions = list(state.get_all_transitions(kind.model))
    assert state.protected
    assert [each.name for each in transitions if not callable(each.custom.get("may"))] == []
    assert {each.name for each in transitions} == set(kind.actions.values) - {CREATE}


@by_kind
def test_transitions_lead_from_and_to_known_states(kind: Kind):
    (state,) = [field for field in kind.model._meta.fields if isinstance(field, FSMField)]
    transitions = list(state.get_all_transitions(kind.model))
    targets = {name for each in transitions for name in getattr(each.target, "allowed_states", None) or [each.target]}
    assert {each.source for each in transitions} | targets <= set(kind.states.values)


@by_kind
def test_guards_stand_before_real_actions_and_moved_fields_are_columns(kind: Kind):
    columns = {field.name for field in kind.model._meta.concrete_fields}
    assert set(kind.guards) <= set(kind.actions.values)
    assert set(kind.model.MOVED_FIELDS) <= columns
    assert set(kind.editable) <= set(kind.states.values)


DOOR = "apps/core/door.py"
OWN_COLUMN = {"apps/desks/papers.py": "a paper is no record with a state; its column says which state it lay in"}
RECORDED_NAMES = {model.__name__ for model in RECORDED}


def state_writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the manner of everything that sets a state."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            keywords = {keyword.arg for keyword in node.keywords}
            constants = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
            if name in ("update", "create", "get_or_create", "update_or_create") and "state" in keywords:
                yield node.lineno, f"{name}(state=…)"
            if name in RECORDED_NAMES and "state" in keywords:
                yield node.lineno, f"{name}(state=…)"
            if name in ("setattr", "bulk_update") and "state" in constants:
                yield node.lineno, f"{name}(… 'state' …)"
            if name == "refresh_from_db":
                yield node.lineno, name
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets):
            yield node.lineno, ".state = …"


def test_nothing_but_the_door_writes_a_state():
    found = {
        name: writes
        for name, tree in TREES.items()
        if name not in (DOOR, *OWN_COLUMN) and (writes := list(state_writes(tree)))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "Application.objects.filter(pk=1).update(state='passed')",
        "Application(state='passed')",
        "record.state = 'passed'",
        "record.state: str = 'passed'",
        "setattr(record, 'state', 'passed')",
        "Application.objects.bulk_update(records, ['state'])",
        "record.refresh_from_db()",
    ],
)
def test_each_way_round_the_door_is_seen(text: str):
    assert len(list(state_writes(ast.parse(text)))) == 1


def test_no_file_is_too_long_to_read():
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*PRODUCT)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


LAW = (
    "广西", "南宁", "内蒙古", "巴彦淖尔", "晋中", "焦作", "桂科", "巴科", "一县一团", "双组团", "科学技术厅",
    "优秀", "良好", "不合格", "称职", "副高", "正高", "高级职称", "本科", "硕士", "博士",
)  # fmt: skip
"""Names of places, bodies, programmes, grades and titles: a pack's to say."""


def spoken(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield the texts of a file that it works with; docstrings tell, they do not act."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node


def test_law_stands_in_packs_and_not_in_code():
    found = [
        f"{name}:{text.lineno}: {word}"
        for name, tree in TREES.items()
        if name.startswith("apps/")
        for text in spoken(tree)
        for word in LAW
        if word in text.value
    ]
    assert found == []


LAYERS = (
    {"apps", "management"},
    {"urls", "in_words"},
    {"views"},
    {"middleware", "context"},
    {"tables", "exports", "forms"},
    {"handlers"},
    {"registration"},
    {"services"},
    {"documents", "delivery"},
    {"guards", "papers"},
    {"walks", "routes", "printing", "dashboards", "search", "asking"},
    {"fonts", "words", "facts", "matrix"},
    {"selectors"},
    {"grants", "divisions_file", "joint", "lost", "steps", "writings"},
    {"models"},
    {"permissions"},
    {"states"},
    {"engine"},
)
"""The files of an app: each imports only from those below it."""
PLACE = {name: place for place, names in enumerate(LAYERS) for name in names}
COMMON = {
    "__init__", "apps", "management", "migrations", "urls", "views", "tables", "exports", "forms", "handlers",
    "registration", "services", "documents", "delivery", "guards", "selectors", "models", "permissions", "states",
}  # fmt: skip
OWN = {
    "appointments": {"papers"},
    "desks": {"asking", "facts", "joint", "papers", "routes", "steps", "walks"},
    "directory": {"divisions", "divisions_file", "grants"},
    "home": {"context", "dashboards", "in_words", "lost", "matrix", "middleware", "search", "words"},
    "matching": {"engine", "papers"},
    "notices": {"fonts", "printing"},
    "writing": {"writings"},
}
BUILT_OF_THEIR_OWN = ("core", "policies")
"""Not apps of records: their files are named after what they hold."""
APPS = sorted(set(RUNG) - set(BUILT_OF_THEIR_OWN))


@pytest.mark.parametrize("app", APPS)
def test_files_carry_the_names_that_every_app_uses(app: str):
    names = {path.stem for path in (ROOT / "apps" / app).iterdir()} - {"__pycache__"}
    assert names - COMMON - OWN.get(app, set()) == set()


def imported(tree: ast.AST, app: str) -> Iterator[str]:
    """Yield the files of its own app that a file imports."""
    own = f"apps.{app}"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == own:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{own}."):
            yield str(node.module).split(".")[2]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[2] for alias in node.names if alias.name.startswith(f"{own}."))


@pytest.mark.parametrize("app", APPS)
def test_files_of_an_app_import_only_from_those_below(app: str):
    wrong = []
    for name, tree in TREES.items():
        parts = Path(name).with_suffix("").parts
        if parts[:2] == ("apps", app) and len(parts) > 2 and parts[2] in PLACE:
            mine = parts[2]
            wrong += [f"{name} → {its}" for its in imported(tree, app) if its != mine and PLACE[its] <= PLACE[mine]]
    assert wrong == []


def test_only_the_clock_reads_the_clock():
    reads = {"now", "today", "utcnow"}
    found = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        if name != "apps/core/clock.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in reads
        and getattr(node.func.value, "id", "") in ("datetime", "date", "timezone", "time")
    ]
    assert found == []


BASES = ("apps.core.models", "apps.desks.models", "apps.writing.models", "django.contrib.auth.models")
"""Where the models stand that others are built on."""


def test_models_name_other_models_by_string():
    found = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        if Path(name).name == "models.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith(".models")
        and (node.module or "").split(".")[:2] != ["django", "db"]
        and node.module not in BASES
    ]
    assert found == []


def test_every_form_asks_for_words_by_the_one_entry_that_judges_their_characters():
    entries = {
        name for name, tree in TREES.items() for node in ast.walk(tree) if ast.unparse(node) == "forms.CharField"
    }
    assert entries == {"apps/core/inputs.py"}
