"""Every address of the product."""

from django.urls import include, path

from config.health import HealthView

urlpatterns = [
    path("healthz", HealthView.as_view(), name="healthz"),
    path("", include("apps.home.urls")),
    path("", include("apps.applications.urls")),
    path("", include("apps.appointments.urls")),
    path("", include("apps.recognition.urls")),
    path("", include("apps.matching.urls")),
    path("", include("apps.writing.urls")),
    path("", include("apps.notices.urls")),
    path("", include("apps.directory.urls")),
    path("", include("apps.seasons.urls")),
]
handler400 = "apps.home.views.errors.bad_request"
handler500 = "apps.home.views.errors.server_error"
