"""Addresses of the seasons."""

from django.urls import URLPattern

app_name = "seasons"
urlpatterns: list[URLPattern] = []
