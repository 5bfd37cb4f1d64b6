"""How keys stand in addresses."""

from django.urls.converters import IntConverter


class KeyConverter(IntConverter):
    """A key of a row; a number that no database can hold names nothing."""

    regex = "[0-9]{1,18}"
