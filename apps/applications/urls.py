"""Addresses of the applications."""

from django.urls import path

from apps.applications.views import handing_in, listing, reading, starting, writing

app_name = "applications"
urlpatterns = [
    path("apply/", starting.start, name="start"),
    path("applications/", listing.applications, name="list"),
    path("applications/for/", starting.start_for, name="start_for"),
    path("applications/<int:pk>/organizations/<str:fact>/", writing.organizations, name="organizations"),
    path("applications/<int:pk>/form/<int:step>/", writing.form, name="form"),
    path("applications/<int:pk>/form/<int:step>/save/", writing.autosave, name="autosave"),
    path("applications/<int:pk>/attach/<str:wanted>/", writing.attach, name="attach"),
    path("applications/<int:pk>/detach/<str:wanted>/<str:digest>/", writing.detach, name="detach"),
    path("applications/<int:pk>/check/", handing_in.check, name="check"),
    path("applications/<int:pk>/submit/", handing_in.submit, name="submit"),
    path("applications/<int:pk>/receipt/", handing_in.receipt, name="receipt"),
    path("applications/<int:pk>/receipt.pdf", handing_in.receipt_pdf, name="receipt_pdf"),
    path("applications/<int:pk>/files/<str:digest>/", reading.file, name="file"),
    path("receipts/<str:number>/", reading.numbered, name="numbered"),
]
