"""Addresses of the appointments."""

from django.urls import path

from apps.appointments import views

app_name = "appointments"
urlpatterns = [path("appointments/", views.appointments, name="list")]
