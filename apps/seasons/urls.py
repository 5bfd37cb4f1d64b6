"""Addresses of the seasons."""

from django.urls import path

from apps.seasons import views

app_name = "seasons"
urlpatterns = [
    path("seasons/new/", views.prepare, name="prepare"),
    path("seasons/<int:pk>/settings/", views.settings, name="settings"),
    path("seasons/<int:pk>/policy/", views.policy, name="policy"),
    path("seasons/<int:pk>/start/", views.start, name="start"),
    path("seasons/<int:pk>/close/", views.close, name="close"),
    path("seasons/<int:pk>/windows/<int:window>/", views.window, name="window"),
    path("seasons/<int:pk>/quotas/<int:quota>/", views.quota, name="quota"),
    path("seasons/<int:pk>/questions/<slug:question>/", views.answer, name="answer"),
]
