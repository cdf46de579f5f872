"""What explains the partners' API. The rooms' own `api_urls` stand under `/api/v1/` in `plant/urls.py`."""

from django.urls import path

from plant.api import views

app_name = "api"
urlpatterns = [
    path("v1/openapi.json", views.openapi, name="openapi"),
    path("docs/", views.docs, name="docs"),
]
