"""The Celery application; its only periodic job is the sweep of the outbox."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("ketepai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    beat_schedule={"sweep": {"task": "apps.core.tasks.sweep", "schedule": 30.0}},
)
app.autodiscover_tasks(["apps.core"])
