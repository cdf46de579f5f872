from django.urls import path

from plant.demo import views

app_name = "demo"
urlpatterns = [path("first-hour/", views.put_away, name="first_hour")]
