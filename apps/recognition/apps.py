"""Start-up of the recognition of hosts."""

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    """Hosts that apply to be recognised, and the lists of those recognised."""

    name = "apps.recognition"
    label = "recognition"

    def ready(self) -> None:
        from apps.core import kinds, outbox
        from apps.desks import walks
        from apps.recognition import handlers
        from apps.recognition.registration import FILING, TARGET, WALK

        walks.register(WALK)
        kinds.register(TARGET)
        kinds.register(FILING)
        outbox.on("recognition.passed", "list", handlers.list_passed)
