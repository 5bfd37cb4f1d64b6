"""A small piece of the real division tree: two cities, three counties, two townships each, two villages each."""

from pathlib import Path

from apps.directory import services
from apps.directory.models import Region

DIVISIONS = Path(__file__).parent / "divisions.csv"
REGION, NANNING, LIUZHOU = "45", "4501", "4502"
LONGAN, BINYANG, LIUCHENG = "450123", "450126", "450222"


def plant_regions() -> Region:
    """Load the small tree and return its top."""
    services.load_divisions(DIVISIONS)
    return Region.objects.get(pk=REGION)
