from django.urls import path

from plant.inventory import month_views, views

app_name = "inventory"
urlpatterns = [
    path("months/", month_views.statements, name="months"),
    path("months/<str:month>/", month_views.statement, name="month"),
    path("lots/", views.lots, name="lots"),
    path("lots/<str:reference>/", views.lot, name="lot"),
    path("lots/<str:reference>/regulatory/", views.decide, name="decide"),
    path("containers/", views.containers, name="containers"),
    path("containers/<str:reference>/", views.container, name="container"),
    path("containers/<str:reference>/move/", views.move, name="move"),
    path("containers/<str:reference>/hold/", views.hold, name="hold"),
    path("containers/<str:reference>/release/", views.release, name="release"),
    path("containers/<str:reference>/reverse/", views.turn_back, name="reverse"),
]
