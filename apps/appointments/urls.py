"""Addresses of the appointments, the agreements and the changes within a term."""

from django.urls import path

from apps.appointments.views import agreements, appointments, changes

app_name = "appointments"
urlpatterns = [
    path("appointments/", appointments.appointments, name="list"),
    path("appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<int:pk>/change/<str:key>/", changes.begin, name="begin_change"),
    path("changes/", changes.changes, name="changes"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/send/", agreements.send_out, name="send_out"),
    path("agreements/<int:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<int:pk>/copy.pdf", agreements.copy, name="copy"),
    path("agreements/<int:pk>/revise/", agreements.revise, name="revise"),
    path("agreements/<int:pk>/void/", agreements.void, name="void"),
    path("agreements/<int:pk>/anew/", agreements.draw_up_anew, name="draw_up_anew"),
    path("agreements/<int:pk>/party/<int:number>/", agreements.name_party, name="name_party"),
    path("agreements/<int:pk>/sign/<int:number>/", agreements.sign, name="sign"),
    path("agreements/<int:pk>/refuse/<int:number>/", agreements.refuse, name="refuse"),
    path("agreements/<int:pk>/scans/<slug:digest>/", agreements.scan, name="scan"),
]
