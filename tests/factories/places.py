"""Pieces of the real division tree: a small one for most tests, others without the villages that nobody asks for."""

import tempfile
from functools import cache
from pathlib import Path

from apps.directory import divisions_file, services
from apps.directory.models import Region

DIVISIONS = Path(__file__).parent / "divisions.csv"
REGION, NANNING, LIUZHOU = "45", "4501", "4502"
LONGAN, BINYANG, LIUCHENG = "450123", "450126", "450222"


def plant_regions() -> Region:
    """Load the small tree and return its top."""
    services.load_divisions(DIVISIONS)
    return Region.objects.get(pk=REGION)


def plant_counties(top: str, *whole: str) -> None:
    """Load a shipped tree down to its counties, and below them what lies in the counties named."""
    services.load_divisions(_piece(top, whole))


@cache
def _piece(top: str, whole: tuple[str, ...]) -> Path:
    head, *rows = (divisions_file.FOLDER / f"{top}.csv").read_text(encoding="utf-8").splitlines()
    codes = ((row.partition(",")[0], row) for row in rows)
    kept = [row for code, row in codes if len(code) <= len(LONGAN) or code.startswith(whole)]
    path = Path(tempfile.mkdtemp(prefix="ketepai-divisions-")) / f"{top}.csv"
    path.write_text("\n".join([head, *kept]), encoding="utf-8")
    return path
