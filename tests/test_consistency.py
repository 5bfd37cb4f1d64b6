"""Nothing lies about unused, and no address leads nowhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.test_architecture import TREES

ROOT: Path = settings.BASE_DIR
FOLDER = ROOT / "templates"
TEMPLATES = {str(path.relative_to(FOLDER)): path for path in sorted(FOLDER.rglob("*.*"))}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in TEMPLATES.items()}
BY_NAME_OF_DJANGO = {"400.html", "403.html", "404.html", "500.html"}


def patterns() -> list[re.Pattern[str]]:
    """Return what the code says of templates: each text as it stands, and any words where a value is filled in."""
    found = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [re.escape(part.value) if isinstance(part, ast.Constant) else "[a-z_]+" for part in node.values]
                found.add("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(re.escape(word) for word in re.findall(r"[\w/]+\.(?:html|txt|typ)", node.value))
    return [re.compile(pattern) for pattern in found if re.search(r"(html|txt|typ)$", pattern)]


def test_every_template_is_used():
    spoken = patterns()
    unused = []
    for name, path in TEMPLATES.items():
        by_others = any(
            f'"{mention}"' in text for mention in (name, path.name) for other, text in TEXTS.items() if other != name
        )
        by_code = any(pattern.fullmatch(mention) for pattern in spoken for mention in (name, path.name))
        if not (by_others or by_code or name in BY_NAME_OF_DJANGO):
            unused.append(name)
    assert unused == []


def test_every_template_that_is_named_is_there():
    named = {
        word
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in re.findall(r"(?<![\w/])[a-z_]+/[\w/]+\.html", node.value)
    }
    included = {word for text in TEXTS.values() for word in re.findall(r'\{% (?:extends|include) "([^"]+)"', text)}
    assert (named | included) - set(TEMPLATES) == set()


def addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of ours with its full name."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}", entry


ADDRESSES = dict(addresses(get_resolver()))
FOR_MACHINES = {"healthz"}
SPOKEN = re.compile(r"""(?:url|reverse|redirect|reverse_lazy)\(?\s*["']([a-z_]+:[a-z_]+)["']""")


def spoken_addresses() -> set[str]:
    texts = [*TEXTS.values(), *((ROOT / name).read_text(encoding="utf-8") for name in TREES)]
    return {name for text in texts for name in SPOKEN.findall(text)}


def test_every_address_has_one_name_and_a_view_that_tells_what_it_does():
    names = [name for name, _ in addresses(get_resolver())]
    assert sorted(names) == sorted(set(names))
    views = {name: getattr(entry.callback, "view_class", entry.callback) for name, entry in ADDRESSES.items()}
    assert [name for name, view in views.items() if not view.__doc__] == []


def test_every_address_that_is_spoken_of_is_there():
    assert spoken_addresses() - set(ADDRESSES) == set()


def test_every_address_is_led_to_from_somewhere():
    texts = [*TEXTS.values(), *((ROOT / name).read_text(encoding="utf-8") for name in TREES)]
    quoted = {name for text in texts for name in re.findall(r"""["']([a-z_]+:[a-z_]+)["']""", text)}
    assert set(ADDRESSES) - quoted == FOR_MACHINES
