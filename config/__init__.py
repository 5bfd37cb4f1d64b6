"""Settings, addresses, and the Celery application: loaded with them, so that every process knows the same broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
