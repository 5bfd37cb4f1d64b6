"""The embedded default: SQLite, no broker, keys made on first use."""

from config.settings.base import *  # noqa: F403
from config.settings.base import VAR_DIR
from config.settings.keys import keys_in

_KEYS = keys_in(VAR_DIR)
SECRET_KEY = _KEYS["SECRET_KEY"]
FIELD_KEY = _KEYS["FIELD_KEY"]
AUDIT_KEY = _KEYS["AUDIT_KEY"]
SEAL_KEY = _KEYS["SEAL_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
