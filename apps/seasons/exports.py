"""Settings of a season as workbooks."""

from collections.abc import Sequence

from apps.core.exports import Column
from apps.seasons.models import Quota
from apps.seasons.selectors import GROUP, PLACES, city_of


def _places(quota: Quota) -> str:
    return "" if quota.places is None else str(quota.places)


QUOTA_COLUMNS: Sequence[Column] = (
    ("设区市", city_of),
    (GROUP, lambda quota: quota.group.name),
    ("村（社区）数", lambda quota: quota.villages),
    (PLACES, _places),
)
