"""Columns for personal data: encrypted at rest, found by a blind index."""

from typing import Any

from django.db import models

from apps.core import ciphers


class EncryptedField(models.TextField):
    """Keep text encrypted in the database; an empty value stays empty."""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return ciphers.decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return ciphers.encrypt(str(value)) if value else value


class BlindIndexField(models.CharField):
    """Keep the blind index of another field beside it; NULL for an empty value, so that UNIQUE allows several."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs.update(max_length=64, null=True, blank=True, editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        value = getattr(model_instance, self.of)
        index = ciphers.blind_index(value) if value else None
        setattr(model_instance, self.attname, index)
        return index


def storable(value: Any) -> Any:
    """Return a text, or a list of texts, without the one character that no database keeps."""
    return [storable(one) for one in value] if isinstance(value, list) else str(value).replace("\0", "")
