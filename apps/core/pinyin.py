"""Names by their sound: what is typed in Latin letters finds what is written in characters."""

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from django.db import models

MOST_READINGS = 12
LONGEST = 1000
_TYPED = re.compile(r"[a-zü']+")


def typed(text: str) -> str:
    """Return what was typed as the keys write it, empty for what is not in Latin letters."""
    plain = text.strip().lower().replace(" ", "")
    return re.sub("'", "", plain).replace("ü", "v") if _TYPED.fullmatch(plain) else ""


def keys(name: str) -> str:
    """Return the keys of a name: each reading in full, by initials, and the surname in full before initials.

    Each stands after a blank.

    A character of several readings (覃 qín, tán) counts with each, as far as the column holds them, the surname first.
    """
    found = ""
    for key in dict.fromkeys(_readings(name)):
        if key and len(found) + len(key) < LONGEST:
            found += f" {key}"
    return found


def _readings(name: str) -> Iterator[str]:
    from pypinyin import Style, pinyin  # its dictionary takes 57 MB, which who writes no name does without

    usual = pinyin(name, style=Style.NORMAL)
    every = pinyin(name, style=Style.NORMAL, heteronym=True)
    choices = [list(dict.fromkeys([*first, *others])) for first, others in zip(usual, every, strict=True)]
    for backwards in islice(product(*reversed(choices)), MOST_READINGS):
        syllables = backwards[::-1]
        yield "".join(syllables).lower()
        initials = "".join(syllable[:1] for syllable in syllables).lower()
        yield initials
        yield f"{syllables[0].lower()}{initials[1:]}" if syllables else ""


class PinyinField(models.CharField):
    """Keep the sound of another field beside it."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs.update(max_length=LONGEST, default="", editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        found = keys(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, found)
        return found
