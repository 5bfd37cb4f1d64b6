"""Addresses of the notices: the office's own, then those open to the public."""

from django.urls import path

from apps.notices import views

app_name = "notices"
urlpatterns = [
    path("seasons/<int:season>/announce/", views.announce, name="announce"),
    path("seasons/<int:season>/notices/", views.drafts, name="drafts"),
    path("seasons/<int:season>/books/<int:book>/", views.book, name="book"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/preview.pdf", views.preview, name="preview"),
    path("notices/<int:pk>/issue/", views.issue, name="issue"),
    path("notices/<int:pk>/discard/", views.discard, name="discard"),
    path("me/documents/", views.mine, name="mine"),
    path("public/lists/", views.lists, name="lists"),
    path("public/lists/<int:pk>/", views.public_list, name="public_list"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verified, name="verified"),
    path("documents/<slug:code>.pdf", views.document, name="document"),
]
