"""Addresses of the home."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apps.home.views import (
    batch,
    dockets,
    front,
    guide,
    inbox,
    joint,
    matrix,
    messages,
    profile,
    records,
    search,
    seasons,
    urging,
)

app_name = "home"
urlpatterns = [
    path("", front.front, name="front"),
    path("login/", front.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("elder/", front.elder, name="elder"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("records/<str:kind>/<int:pk>/", records.record, name="record"),
    path("records/<str:kind>/<int:pk>/reveal/<str:field>/", records.reveal, name="reveal"),
    path("records/<str:kind>/<int:pk>/ask/", joint.ask, name="ask"),
    path("records/<str:kind>/<int:pk>/verdict/", joint.verdict, name="verdict"),
    path("records/<str:kind>/<int:pk>/reopen/", joint.reopen, name="reopen"),
    path("records/<str:kind>/<int:pk>/urge/", urging.urge, name="urge"),
    path("records/<str:kind>/<int:pk>/<str:action>/", records.decide, name="decide"),
    path("batch/", batch.batch, name="batch"),
    path("batch/<str:kind>/<str:action>/", batch.decide_batch, name="decide_batch"),
    path("dockets/", dockets.dockets, name="dockets"),
    path("dockets/new/", dockets.draw_up, name="draw_up"),
    path("dockets/<int:pk>/", dockets.docket, name="docket"),
    path("dockets/<int:pk>/discard/", dockets.discard, name="discard_docket"),
    path("dockets/<int:pk>/scan/", dockets.scan, name="docket_scan"),
    path("messages/", messages.messages, name="messages"),
    path("messages/read/", messages.read_all, name="read_all"),
    path("messages/<int:pk>/", messages.message, name="message"),
    path("seasons/", seasons.seasons, name="seasons"),
    path("seasons/<int:pk>/", seasons.season, name="season"),
    path("seasons/<int:pk>/pace/", seasons.pace, name="pace"),
    path("seasons/<int:pk>/runs/", seasons.runs, name="runs"),
    path("seasons/<int:pk>/run/", seasons.run, name="run"),
    path("search/", search.search, name="search"),
    path("help/", guide.guide, name="guide"),
    path("permissions/", matrix.permissions, name="permissions"),
    path("me/", profile.profile, name="profile"),
    path("me/password/", profile.Password.as_view(), name="password"),
]
