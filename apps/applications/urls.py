"""Addresses of the applications."""

from django.urls import URLPattern

app_name = "applications"
urlpatterns: list[URLPattern] = []
