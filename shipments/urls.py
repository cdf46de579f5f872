"""Shipments: the list, one shipment, and a page for each step it can take."""

from django.urls import path

from shipments import preview, views

app_name = "shipments"
urlpatterns = [
    path("", views.shipment_list, name="shipments"),
    path("new/", views.draft, name="draft"),
    path("<slug:reference>/", views.shipment, name="shipment"),
    path("<slug:reference>/add/", views.add, name="add"),
    path("<slug:reference>/remove/", views.remove, name="remove"),
    path("<slug:reference>/selection/", views.selection, name="selection"),
    path("<slug:reference>/papers/", views.papers, name="papers"),
    path("<slug:reference>/partner/", preview.partner, name="partner"),
    path("<slug:reference>/dispatch/", views.dispatch, name="dispatch"),
    path("<slug:reference>/deliver/", views.deliver, name="deliver"),
    path("<slug:reference>/cancel/", views.cancel, name="cancel"),
    path("<slug:reference>/withdraw/", views.withdraw_, name="withdraw"),
    path("<slug:reference>/again/", views.again, name="again"),
    path("<slug:reference>/return/", views.return_, name="return"),
]
