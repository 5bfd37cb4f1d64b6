"""Addresses of what is written."""

from django.urls import path

from apps.writing.views import handing_in, pages, reading

app_name = "writing"
urlpatterns = [
    path("writing/<slug:kind>/<int:pk>/<int:step>/", pages.form, name="form"),
    path("writing/<slug:kind>/<int:pk>/<int:step>/save/", pages.autosave, name="autosave"),
    path("writing/<slug:kind>/<int:pk>/organizations/<str:fact>/", pages.organizations, name="organizations"),
    path("writing/<slug:kind>/<int:pk>/attach/<str:wanted>/", pages.attach, name="attach"),
    path("writing/<slug:kind>/<int:pk>/detach/<str:wanted>/<str:digest>/", pages.detach, name="detach"),
    path("writing/<slug:kind>/<int:pk>/check/", handing_in.check, name="check"),
    path("writing/<slug:kind>/<int:pk>/receipt/", handing_in.receipt, name="receipt"),
    path("writing/<slug:kind>/<int:pk>/receipt.pdf", handing_in.receipt_pdf, name="receipt_pdf"),
    path("writing/<slug:kind>/<int:pk>/files/<str:digest>/", reading.file, name="file"),
    path("receipts/<str:number>/", reading.numbered, name="numbered"),
]
