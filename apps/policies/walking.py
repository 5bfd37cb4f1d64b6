"""Every part of a pack with its place in the file."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

Where = tuple[str | int, ...]


def walk(node: Any, where: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Yield every part of a pack with its place, under the keys it has in the file."""
    yield where, node
    if isinstance(node, BaseModel):
        for name, info in type(node).model_fields.items():
            yield from walk(getattr(node, name), (*where, info.alias or name))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, (*where, key))
    elif isinstance(node, tuple):
        for number, value in enumerate(node):
            yield from walk(value, (*where, number))
