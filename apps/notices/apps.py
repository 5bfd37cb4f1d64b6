"""Start-up of the notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Official notices, number books, public lists, messages."""

    name = "apps.notices"
    label = "notices"

    def ready(self) -> None:
        from apps.core import kinds, outbox
        from apps.desks.papers import MOVED
        from apps.notices import delivery, handlers, registration

        kinds.register(registration.NOTICE)
        kinds.register(registration.PUBLICITY_LIST)
        outbox.on(MOVED, "tell", handlers.tell_moved)
        outbox.on(registration.DRAFTED, "tell", handlers.tell_drafted)
        outbox.on(registration.NUMBERED, "print", handlers.print_notice)
        outbox.on(registration.ISSUED, "tell", handlers.tell_issued)
        outbox.on(registration.DOCUMENTS_NUMBERED, "print", handlers.print_certificates)
        outbox.on(delivery.MAIL, "send", delivery.send_mails)
