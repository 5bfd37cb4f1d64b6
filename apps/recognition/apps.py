"""Start-up of the recognition of hosts."""

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    """Hosts that apply to be recognised, and the lists of those recognised."""

    name = "apps.recognition"
    label = "recognition"

    def ready(self) -> None:
        from apps.core import kinds, outbox
        from apps.recognition import handlers
        from apps.recognition.registration import FILING, TARGET, WRITING
        from apps.writing import writings

        writings.register(WRITING)
        kinds.register(TARGET)
        kinds.register(FILING)
        outbox.on("recognition.passed", "list", handlers.list_passed)
