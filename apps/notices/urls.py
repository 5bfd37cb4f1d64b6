"""Addresses of the notices: the office's own, then those open to the public."""

from django.urls import path

from apps.notices.views import announcements, official

app_name = "notices"
urlpatterns = [
    path("seasons/<int:season>/announce/", official.announce, name="announce"),
    path("seasons/<int:season>/notices/", official.drafts, name="drafts"),
    path("seasons/<int:season>/books/<int:book>/", official.book, name="book"),
    path("notices/<int:pk>/", official.notice, name="notice"),
    path("notices/<int:pk>/preview.pdf", official.preview, name="preview"),
    path("notices/<int:pk>/issue/", official.issue, name="issue"),
    path("notices/<int:pk>/discard/", official.discard, name="discard"),
    path("me/documents/", official.mine, name="mine"),
    path("public/notices/", announcements.announcements, name="announcements"),
    path("public/notices/<int:pk>/", announcements.announcement, name="announcement"),
    path("seasons/<int:season>/announcements/new/", announcements.publish, name="publish"),
    path("public/notices/<int:pk>/correct/", announcements.correct, name="correct"),
    path("public/notices/<int:pk>/withdraw/", announcements.withdraw, name="withdraw"),
    path("public/lists/", official.lists, name="lists"),
    path("public/lists/<int:pk>/", official.public_list, name="public_list"),
    path("verify/", official.verify, name="verify"),
    path("verify/<str:code>/", official.verified, name="verified"),
    path("documents/<slug:code>.pdf", official.document, name="document"),
]
