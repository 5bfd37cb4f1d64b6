"""Start-up of the appointments."""

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Appointments made from finalised applications, the agreements signed on them, changes within their terms."""

    name = "apps.appointments"
    label = "appointments"

    def ready(self) -> None:
        from apps.appointments import handlers, papers, registration
        from apps.core import kinds, outbox
        from apps.notices.registration import DISCARDED, ISSUED
        from apps.writing import writings

        kinds.register(registration.APPOINTMENT)
        kinds.register(registration.AGREEMENT)
        writings.register(registration.WRITING)
        outbox.on("application.passed", "name", handlers.name_passed)
        outbox.on(ISSUED, "put_in_force", handlers.put_in_force)
        outbox.on(DISCARDED, "release", handlers.release_listed)
        outbox.on(registration.IN_FORCE, "note_services", handlers.note_services)
        outbox.on(registration.IN_FORCE, "draft_agreements", handlers.draft_agreements)
        outbox.on("change.passed", "carry_out", handlers.carry_out)
        outbox.on(registration.CHANGED, "note_services", handlers.note_changed_service)
        outbox.on(registration.CHANGED, "renew_agreements", handlers.renew_agreements)
        outbox.on(registration.CHANGED, "tell", handlers.tell_changed)
        outbox.on(papers.MOVED, "tell", handlers.tell_moved)
        outbox.on(papers.SIGNED, "file_copy", handlers.file_copy)
