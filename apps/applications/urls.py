"""Addresses of the applications; they are written where all is written."""

from django.urls import path

from apps.applications.views import listing, starting

app_name = "applications"
urlpatterns = [
    path("apply/", starting.start, name="start"),
    path("applications/", listing.applications, name="list"),
    path("applications/for/", starting.start_for, name="start_for"),
]
