"""Production: every secret and address from the environment; a missing one stops the start with its name."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import STORAGES


def required(name: str) -> str:
    """Return a variable of the environment; raise ImproperlyConfigured naming the one that is missing."""
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(f"set the environment variable {name}")
    return value


SECRET_KEY = required("SECRET_KEY")
FIELD_KEY = required("FIELD_KEY")
AUDIT_KEY = required("AUDIT_KEY")
required("DATABASE_URL")
PUBLIC_ADDRESS = required("PUBLIC_ADDRESS")
ALLOWED_HOSTS = required("ALLOWED_HOSTS").split(",")
DEBUG = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedManifestStaticFilesStorage"
