from django.urls import path

from plant.operation import views

# without a namespace: these addresses are known everywhere by these names
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.scrape, name="metrics"),
    path("status/", views.status, name="status"),
]
