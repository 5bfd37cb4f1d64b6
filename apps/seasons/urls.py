"""Addresses of the seasons."""

from django.urls import path

from apps.seasons.views import groups, policy, quotas, running, settings

app_name = "seasons"
urlpatterns = [
    path("seasons/new/", running.prepare, name="prepare"),
    path("seasons/<int:pk>/settings/", settings.settings, name="settings"),
    path("seasons/<int:pk>/start/", running.start, name="start"),
    path("seasons/<int:pk>/close/", running.close, name="close"),
    path("seasons/<int:pk>/discard/", running.discard, name="discard"),
    path("seasons/<int:pk>/windows/<int:window>/", settings.window, name="window"),
    path("seasons/<int:pk>/calendar/", settings.day, name="day"),
    path("seasons/<int:pk>/quotas/<slug:key>/", quotas.quotas, name="quotas"),
    path("seasons/<int:pk>/quotas/<slug:key>/import/", quotas.quotas_import, name="quotas_import"),
    path("seasons/<int:pk>/quotas/<slug:key>.xlsx", quotas.quotas_workbook, name="quotas_workbook"),
    path("seasons/<int:pk>/quotas/<slug:key>/ceilings/", quotas.ceilings, name="ceilings"),
    path("seasons/<int:pk>/quotas/<slug:key>/<int:quota>/overrun/", quotas.overrun, name="overrun"),
    path("seasons/<int:pk>/groups/", groups.groups, name="groups"),
    path("seasons/<int:pk>/groups/<int:group>/part/", groups.part_group, name="part_group"),
    path("seasons/<int:pk>/questions/<slug:question>/", settings.answer, name="answer"),
    path("seasons/<int:pk>/policy/", policy.policy, name="policy"),
    path("public/policies/", policy.policies, name="policies"),
]
