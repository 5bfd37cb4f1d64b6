"""Where each requirement of a text stands in its pack, as listed in `requirements/<pack>.tsv`."""

import csv
from pathlib import Path
from typing import Any

from pydantic import BaseModel

FOLDER = Path(__file__).parent / "requirements"


def rows(pack: str) -> list[tuple[str, str]]:
    """Return the list of a pack as (requirement, place)."""
    with (FOLDER / f"{pack}.tsv").open(encoding="utf-8") as file:
        return [(row["requirement"], row["place"]) for row in csv.DictReader(file, delimiter="\t")]


def part_at(node: Any, place: str) -> Any:
    """Return the part of a pack at a place: keys, ids of things in a list or their numbers, joined by dots."""
    for key in place.split("."):
        if isinstance(node, BaseModel):
            node = getattr(node, key)
        elif isinstance(node, tuple):
            node = node[int(key)] if key.isdecimal() else {each.id: each for each in node}[key]
        else:
            node = node[key]
    return node
