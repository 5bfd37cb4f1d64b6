"""The Celery application; its only periodic job is the sweep of the outbox.

Publishing gives up at once: an act must not wait for a broker that is away, and the sweep sends what it did not take.
A worker waits for its broker as long as need be.
"""

import os

from celery import Celery

SWEEP_SECONDS = 30
BROKER_ANSWERS_WITHIN = 2
TASK_ENDS_WITHIN = 900

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("ketepai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_publish_retry=False,
    task_time_limit=TASK_ENDS_WITHIN,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=BROKER_ANSWERS_WITHIN,
    broker_transport_options={
        "max_retries": 0,
        "socket_connect_timeout": BROKER_ANSWERS_WITHIN,
        "socket_timeout": BROKER_ANSWERS_WITHIN,
    },
    beat_schedule={
        "sweep": {
            "task": "apps.core.tasks.sweep",
            "schedule": float(SWEEP_SECONDS),
            "options": {"expires": SWEEP_SECONDS},
        }
    },
)
app.autodiscover_tasks(["apps.core"])
