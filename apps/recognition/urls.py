"""Addresses of the recognition of hosts."""

from django.urls import path

from apps.recognition.views import applying, filings, targets

app_name = "recognition"
urlpatterns = [
    path("public/targets/", targets.public_targets, name="public_targets"),
    path("targets/", targets.targets, name="targets"),
    path("targets/<int:pk>/", targets.target, name="target"),
    path("targets/<int:pk>/act/<str:action>/", targets.act_target, name="act_target"),
    path("targets/filings/", filings.filings, name="filings"),
    path("targets/filings/new/", filings.hand_in, name="hand_in"),
    path("targets/filings/<int:pk>/", filings.filing, name="filing"),
    path("targets/filings/<int:pk>/act/<str:action>/", filings.act_filing, name="act_filing"),
    path("targets/recognitions/", applying.recognitions, name="recognitions"),
    path("targets/recognitions/start/", applying.start, name="start"),
]
