"""Start-up of the matching."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Needs, pairings, wishes, allocation and village placement."""

    name = "apps.matching"
    label = "matching"

    def ready(self) -> None:
        from apps.core import kinds, outbox
        from apps.matching import handlers, papers
        from apps.matching.registration import ALLOCATION, COMPUTE, NEED, PAIRING, POOL_ENTRY, WISHES

        kinds.register(WISHES)
        kinds.register(ALLOCATION)
        for kind in (NEED, POOL_ENTRY, PAIRING):
            kinds.register(kind)
        outbox.on(papers.TOLD, "tell", handlers.tell_moved)
        outbox.on(COMPUTE, "compute", handlers.compute_allocation)
