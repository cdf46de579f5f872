from django.urls import path

from plant.limits import views

app_name = "limits"
urlpatterns = [
    path("", views.limits, name="limits"),
    path("new/", views.new_limit, name="new_limit"),
    path("<str:code>/", views.limit, name="limit"),
    path("<str:code>/change/", views.change_limit, name="change_limit"),
]
