"""What every request carries once the middleware has seen it; views are typed by it."""

from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from apps.core.actors import Actor

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
"""Let in who asks for a page or sends its form, and nothing else."""


def text_sent(sent: QueryDict, name: str) -> str:
    """Return a text that no form judges, without what a database cannot keep."""
    return sent.get(name, "").replace("\0", "").strip()


class ViewerRequest(HttpRequest):
    """A request with its viewer, the moment it came in, and whether htmx sent it; never made by hand."""

    viewer: Actor
    at: datetime
    htmx: HtmxDetails
