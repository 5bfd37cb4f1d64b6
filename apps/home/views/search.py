"""The search that the frame of every page offers."""

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core import exports
from apps.core.requests import ViewerRequest, text_sent
from apps.home.exports import FOUND_COLUMNS
from apps.home.search import MOST_LETTERS, every, groups


@login_required
@require_safe
def search(request: ViewerRequest) -> HttpResponseBase:
    """Find people, applications and organizations by Chinese or by pinyin; the same as a workbook."""
    text = text_sent(request.GET, "q")
    if exports.is_wanted(request):
        return exports.answer("搜索结果", FOUND_COLUMNS, every(text, request.viewer, request.at))
    context = {"sought": text, "most": MOST_LETTERS, "groups": groups(text, request.viewer, request.at)}
    return render(request, "home/search.html", context)
