"""Under `/api/v1/`, see `plant/urls.py`."""

from django.urls import path

from shipments.api import ShipmentDetail, ShipmentList

app_name = "shipments-api"
urlpatterns = [
    path("shipments/", ShipmentList.as_view(), name="list"),
    path("shipments/<slug:reference>/", ShipmentDetail.as_view(), name="detail"),
]
