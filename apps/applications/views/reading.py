"""Documents handed in with an application, for those who may see it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.applications import selectors
from apps.applications.views.common import refused_page
from apps.core import files
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest
from apps.core.uploads import MEDIA_TYPES
from apps.desks.permissions import is_its_starter

SHOWN_IN_PLACE = ("jpg", "png")
LOST = Refusal("file_lost", "文件不在存储中，或与提交时不一致。", "请联系系统管理员核查。")


@login_required
@require_safe
def numbered(request: ViewerRequest, number: str) -> HttpResponse:
    """Lead from the number on a receipt to the receipt, or an officer to the paper."""
    pk = selectors.key_of(number) or 0
    application = get_object_or_404(selectors.visible_to(request.viewer, request.at), pk=pk)
    if is_its_starter(request.viewer, application, request.at):
        return redirect("applications:receipt", application.pk)
    return redirect("home:record", selectors.KIND, application.pk)


@login_required
@never_cache
@require_safe
def file(request: ViewerRequest, pk: int, digest: str) -> HttpResponse:
    """Hand out one document; pictures open in the browser, all else is saved."""
    application = get_object_or_404(selectors.visible_to(request.viewer, request.at), pk=pk)
    document = selectors.file_of(application, digest)
    if document is None:
        raise Http404
    try:
        data = files.read(document.digest, document.suffix)
    except (FileNotFoundError, ValueError):
        return refused_page(request, Refused(LOST))
    named = content_disposition_header(document.suffix not in SHOWN_IN_PLACE, document.name)
    headers = {"Content-Disposition": named or "inline"}
    return HttpResponse(data, content_type=MEDIA_TYPES[document.suffix], headers=headers)
