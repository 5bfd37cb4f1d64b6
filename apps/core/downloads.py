"""A file as an answer."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from apps.core import uploads


def file_answer(data: bytes, suffix: str, name: str, *, is_attached: bool = False) -> HttpResponse:
    """Return a file that opens in the browser, or is saved where it `is_attached`."""
    headers = {"Content-Disposition": content_disposition_header(is_attached, name) or "attachment"}
    return HttpResponse(data, content_type=uploads.MEDIA_TYPES[suffix], headers=headers)
