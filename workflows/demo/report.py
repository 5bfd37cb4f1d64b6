"""What the demonstration leaves behind: a table, a folder of documents, figures for scripts."""

import os
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.applications.models import Application
from apps.appointments.models import Appointment
from apps.core import files
from apps.core.audit import Report
from apps.notices.models import Document
from apps.notices.states import DocumentKind
from apps.seasons.models import Season
from workflows.demo import selecting, tally
from workflows.demo.play import Diary


def table(diary: Diary) -> str:
    """Return step × outcome per city as text, the whole in the last line; a cell counts the outcomes in one order."""
    steps: dict[str, list[str]] = {}
    for _, step, outcome in diary.counted:
        steps.setdefault(step, [])
        if outcome not in steps[step]:
            steps[step].append(outcome)
    heads = ["地区", *(f"{step} {'/'.join(outcomes)}" for step, outcomes in steps.items())]
    cities = sorted({city for city, _, _ in diary.counted})
    rows = [[city, *_cells(diary, [city], steps)] for city in cities]
    rows.append(["合计", *_cells(diary, cities, steps)])
    widths = [max(map(_width, column)) for column in zip(heads, *rows, strict=True)]
    return "\n".join(
        "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in [heads, *rows]
    )


def _cells(diary: Diary, cities: Sequence[str], steps: Mapping[str, Sequence[str]]) -> list[str]:
    def number(step: str, outcome: str) -> int:
        return sum(diary.counted[city, step, outcome] for city in cities)

    return ["/".join(str(number(step, outcome)) for outcome in outcomes) for step, outcomes in steps.items()]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def lay_out(season: Season) -> tuple[Path, list[dict[str, str]]]:
    """Put the season's documents under their numbers into one folder; return it and a line for each document."""
    folder = settings.VAR_DIR / "notices"
    lines = []
    printed = Document.objects.filter(season=season).exclude(pdf="").defer("content").order_by("kind", "n")
    for document in printed.iterator():
        path = folder / DocumentKind(document.kind).label / f"{document.number}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(files.read(document.pdf, "pdf"))
        lines.append(
            {
                "number": document.number,
                "kind": document.kind,
                "title": document.title,
                "pdf": os.path.relpath(path, settings.BASE_DIR),
                "sha256": document.pdf,
            }
        )
    return folder, lines


def figures(
    season: Season, people: int, seconds: float, notices: list[dict[str, str]], proof: Report
) -> dict[str, Any]:
    """Return the figures of a run, for scripts."""
    states = Counter(Application.objects.filter(season=season).order_by().values_list("state", flat=True))
    return {
        "pack": season.pack_id,
        "people": people,
        "seconds": round(seconds, 2),
        "applications": dict(sorted(states.items())),
        "appointments": Appointment.objects.filter(season=season).count(),
        "allocation": selecting.figures(season),
        **tally.figures(season),
        "notices": notices,
        "audit": {"verified": proof.verified, "rows": proof.rows},
    }
