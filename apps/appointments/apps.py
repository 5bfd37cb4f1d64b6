"""Start-up of the appointments."""

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Appointments made from finalised applications."""

    name = "apps.appointments"
    label = "appointments"
