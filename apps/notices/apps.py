"""Start-up of the notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Official notices, number books, public lists, messages."""

    name = "apps.notices"
    label = "notices"

    def ready(self) -> None:
        from apps.core import kinds, outbox
        from apps.desks.papers import MOVED
        from apps.desks.services import URGED
        from apps.directory.services import LOGIN_CHANGED, POST_CHANGED, SUBSTITUTED, SUBSTITUTION_ENDED
        from apps.notices import delivery, handlers, registration
        from apps.notices.services import LISTED
        from apps.seasons.services import WINDOW_MOVED

        kinds.register(registration.NOTICE)
        kinds.register(registration.PUBLICITY_LIST)
        outbox.on(MOVED, "tell", handlers.tell_moved)
        outbox.on(registration.DRAFTED, "tell", handlers.tell_drafted)
        outbox.on(registration.NUMBERED, "print", handlers.print_notice)
        outbox.on(WINDOW_MOVED, "tell", handlers.tell_window_moved)
        outbox.on(LISTED, "tell", handlers.tell_listed)
        outbox.on(URGED, "tell", handlers.tell_urged)
        outbox.on(SUBSTITUTED, "tell", handlers.tell_substituted)
        outbox.on(SUBSTITUTION_ENDED, "tell", handlers.tell_substitution_ended)
        outbox.on(POST_CHANGED, "tell", handlers.tell_post_changed)
        outbox.on(LOGIN_CHANGED, "tell", handlers.tell_login_changed)
        outbox.on(registration.ISSUED, "tell", handlers.tell_issued)
        outbox.on(registration.DOCUMENTS_NUMBERED, "print", handlers.print_certificates)
        outbox.on(delivery.MAIL, "send", delivery.send_mails)
