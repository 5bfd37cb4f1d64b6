"""Tests: fast hashing, fixed keys, files and an SQLite file in a throw-away folder.

The database is a file, as in life: tables in memory are shared by threads without waiting for each other's locks.
"""

import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES

SECRET_KEY = FIELD_KEY = AUDIT_KEY = "for tests only, never elsewhere"
SEAL_KEY = "5e" * 32
DEBUG = False
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="ketepai-test-"))
SEALS_DIR = MEDIA_ROOT / "seals"
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": str(MEDIA_ROOT / "test.sqlite3")}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
AXES_ENABLED = False
