"""Start-up of the matching."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Needs, pairings, wishes, allocation and village placement."""

    name = "apps.matching"
    label = "matching"

    def ready(self) -> None:
        from apps.core import kinds, outbox
        from apps.matching import handlers, papers
        from apps.matching.registration import (
            ADJUSTMENT,
            ALLOCATION,
            COMPUTE,
            CONTACT,
            FALLEN,
            NEED,
            PAIRING,
            PLACED,
            PLACEMENT,
            POOL_ENTRY,
            ROUND,
            SITE_LIST,
            WISHES,
        )
        from apps.matching.selectors import market, quotas
        from apps.seasons.selectors.quotas import count_due_by

        kinds.register(WISHES)
        kinds.register(ALLOCATION)
        for kind in (NEED, POOL_ENTRY, PAIRING, ADJUSTMENT, PLACEMENT, SITE_LIST, CONTACT):
            kinds.register(kind)
        kinds.object_to("season", quotas.objections)
        count_due_by(market.needed_in)
        outbox.on(papers.TOLD, "tell", handlers.tell_moved)
        outbox.on(COMPUTE, "compute", handlers.compute_allocation)
        outbox.on(ROUND, "tell", handlers.tell_round)
        outbox.on(FALLEN, "tell", handlers.tell_fallen)
        outbox.on(PLACED, "tell", handlers.tell_placed)
        outbox.on(papers.RECKON, "reckon", handlers.reckon_allocation)
