"""Settings of a season as workbooks."""

from collections.abc import Sequence

from apps.core.exports import Column
from apps.seasons.selectors import GROUP, PARTS, PLACES

QUOTA_COLUMNS: Sequence[Column] = (
    ("设区市", lambda line: line.city),
    (GROUP, lambda line: line.quota.group.name),
    ("村（社区）数", lambda line: line.quota.villages),
    ("全覆盖所需人数", lambda line: line.needed or ""),
    (PLACES, lambda line: line.quota.places),
    (PARTS, lambda line: line.parts_in_words),
    ("批准超额", lambda line: line.extra or ""),
    ("可接收人数", lambda line: line.seats),
)
