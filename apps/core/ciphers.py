"""Encryption of personal data, blind indexes, the keyed digest of the log, the signature of seals.

Keys lie outside the database.
"""

import base64
import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_NONCE_BYTES = 12


@cache
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
    return hmac.digest(_key("log", settings.AUDIT_KEY), text.encode(), "sha256").hex()


def sign_seal(said: bytes) -> str:
    """Sign what a seal says with Ed25519 (128 hex digits); raise ImproperlyConfigured where the key is not at hand."""
    return _private_seal_key().sign(said).hex()


def is_our_seal(said: bytes, signature: str) -> bool:
    """Tell whether one of our keys signed this; raise ImproperlyConfigured where no key is known at all."""
    return any(_is_signed(key, said, signature) for key in public_seal_keys())


def public_seal_keys() -> list[str]:
    """Return the public keys by which seals are verified, as hex: the present one and those that came before it."""
    own = [_private_seal_key().public_key().public_bytes_raw().hex()] if settings.SEAL_KEY else []
    known = [*own, *settings.SEAL_PUBLIC_KEYS]
    if not known:
        raise ImproperlyConfigured("set SEAL_KEY, or SEAL_PUBLIC_KEYS where seals are only verified")
    return known


def _private_seal_key() -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SEAL_KEY))
    except ValueError as error:
        raise ImproperlyConfigured("set SEAL_KEY to 64 hex digits where seals are made") from error


def _is_signed(key: str, said: bytes, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), said)
    except (InvalidSignature, ValueError):
        return False
    return True
