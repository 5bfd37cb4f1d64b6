"""Documents handed in, for those who may see the record."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import files
from apps.core.downloads import file_answer
from apps.core.refusals import Refusal, Refused
from apps.core.requests import ViewerRequest
from apps.desks.permissions import is_its_starter
from apps.writing import selectors, writings
from apps.writing.views.common import refused_page, writing_of

SHOWN_IN_PLACE = ("jpg", "png")
LOST = Refusal("file_lost", "文件不在存储中，或与提交时不一致。", "请联系系统管理员核查。")


@login_required
@require_safe
def numbered(request: ViewerRequest, number: str) -> HttpResponse:
    """Lead from the number on a receipt to the receipt, or an officer to the paper."""
    found = writings.numbered(number)
    if found is None:
        raise Http404
    writing, pk = found
    record = get_object_or_404(writing.walk.visible(request.viewer, request.at), pk=pk)
    is_his = is_its_starter(request.viewer, record, request.at)
    return redirect("writing:receipt" if is_his else "home:record", writing.kind, pk)


@login_required
@never_cache
@require_safe
def file(request: ViewerRequest, kind: str, pk: int, digest: str) -> HttpResponse:
    """Hand out one document; pictures open in the browser, all else is saved."""
    record = get_object_or_404(writing_of(kind).walk.visible(request.viewer, request.at), pk=pk)
    document = selectors.file_of(record, digest)
    if document is None:
        raise Http404
    try:
        data = files.read(document.digest, document.suffix)
    except (FileNotFoundError, ValueError):
        return refused_page(request, Refused(LOST))
    return file_answer(data, document.suffix, document.name, is_attached=document.suffix not in SHOWN_IN_PLACE)
