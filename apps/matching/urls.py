"""Addresses of the two-way selection."""

from django.urls import path, register_converter

from apps.core.converters import KeyConverter
from apps.matching.views import allocation, needs, pairings, pool, wishes

register_converter(KeyConverter, "key")

app_name = "matching"
urlpatterns = [
    path("public/needs/", needs.public_needs, name="public_needs"),
    path("public/needs/<int:pk>/", needs.public_need, name="public_need"),
    path("needs/", needs.needs, name="needs"),
    path("needs/new/", needs.new_need, name="new_need"),
    path("needs/<int:pk>/", needs.need, name="need"),
    path("needs/<int:pk>/edit/", needs.edit_need, name="edit_need"),
    path("needs/<int:pk>/contact/", needs.need_contact, name="need_contact"),
    path("needs/<int:pk>/act/<str:action>/", needs.act_need, name="act_need"),
    path("pool/", pool.pool, name="pool"),
    path("pool/enter/", pool.enter_pool, name="enter_pool"),
    path("pool/invite/", pool.invite, name="invite"),
    path("pool/<int:pk>/", pool.pool_entry, name="pool_entry"),
    path("pool/<int:pk>/write/", pool.write_entry, name="write_entry"),
    path("pool/<int:pk>/act/<str:action>/", pool.act_entry, name="act_entry"),
    path("commissioners/", pool.commissioners, name="commissioners"),
    path("commissioners/<int:pk>/", pool.commissioner, name="commissioner"),
    path("commissioners/<int:pk>/phone/", pool.commissioner_phone, name="commissioner_phone"),
    path("pairings/", pairings.pairings, name="pairings"),
    path("pairings/new/", pairings.propose, name="propose"),
    path("pairings/<int:pk>/", pairings.pairing, name="pairing"),
    path("pairings/<int:pk>/act/<str:action>/", pairings.act_pairing, name="act_pairing"),
    path("wishes/", wishes.mine, name="mine"),
    path("wishes/received/", wishes.received, name="received"),
    path("wishes/judge/", wishes.judge, name="judge"),
    path("wishes/<key:season>/", wishes.write, name="write"),
    path("wishes/<key:season>/save/", wishes.autosave, name="autosave"),
    path("wishes/<key:season>/check/", wishes.check, name="check"),
    path("wishes/<key:season>/receipt/", wishes.receipt, name="receipt"),
    path("wishes/<key:season>/take-back/", wishes.take_back, name="take_back"),
    path("wishes/industries/<int:pk>/", wishes.industries, name="industries"),
    path("allocation/", allocation.runs, name="runs"),
    path("allocation/seasons/<key:season>/outlook/", allocation.outlook, name="outlook"),
    path("allocation/seasons/<key:season>/freeze/", allocation.freeze, name="freeze"),
    path("allocation/<int:pk>/", allocation.run, name="run"),
    path("allocation/<int:pk>/act/<str:action>/", allocation.act_run, name="act_run"),
    path("allocation/<int:pk>/people/", allocation.outcomes, name="outcomes"),
    path("allocation/<int:pk>/people/<key:person>/", allocation.outcome, name="outcome"),
    path("allocation/<int:pk>/groups/<key:group>/", allocation.group, name="group"),
    path("allocation/consents/", allocation.consents, name="consents"),
    path("allocation/consents/<int:pk>/", allocation.consent, name="consent"),
    path("public/allocations/<int:pk>/", allocation.public_run, name="public_run"),
]
