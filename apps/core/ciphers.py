"""Encryption of personal data, blind indexes, and the keyed digest of the log. Keys lie outside the database."""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


def _key(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"{purpose}:{secret}".encode()).digest()


def encrypt(text: str) -> str:
    """Encrypt with AES-256-GCM under a fresh nonce; the same text gives another ciphertext each time."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_key("field", settings.FIELD_KEY)).encrypt(nonce, text.encode(), None)
    return base64.b64encode(nonce + sealed).decode()


def decrypt(stored: str) -> str:
    """Undo `encrypt`; raise ValueError when the key is another one or the value was changed."""
    raw = base64.b64decode(stored)
    try:
        return AESGCM(_key("field", settings.FIELD_KEY)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()
    except InvalidTag as error:
        raise ValueError("an encrypted value does not open with this key, or was changed") from error


def blind_index(text: str) -> str:
    """Return a keyed digest by which equal values are found without decrypting (64 hex digits)."""
    return hmac.new(_key("index", settings.FIELD_KEY), text.encode(), hashlib.sha256).hexdigest()


def log_digest(text: str) -> str:
    """Return the keyed digest that chains log rows (64 hex digits)."""
    return hmac.new(_key("log", settings.AUDIT_KEY), text.encode(), hashlib.sha256).hexdigest()
