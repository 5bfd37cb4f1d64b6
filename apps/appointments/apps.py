"""Start-up of the appointments."""

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Appointments made from finalised applications."""

    name = "apps.appointments"
    label = "appointments"

    def ready(self) -> None:
        from apps.appointments import handlers
        from apps.appointments.registration import APPOINTMENT
        from apps.core import kinds, outbox
        from apps.notices.registration import DISCARDED, ISSUED

        kinds.register(APPOINTMENT)
        outbox.on("application.passed", "name", handlers.name_passed)
        outbox.on(ISSUED, "put_in_force", handlers.put_in_force)
        outbox.on(DISCARDED, "release", handlers.release_listed)
