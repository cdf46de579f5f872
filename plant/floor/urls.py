from django.urls import path

from plant.floor import staff

app_name = "people"
urlpatterns = [
    path("", staff.people, name="people"),
    path("new/", staff.new_person, name="new_person"),
    path("<str:username>/", staff.person, name="person"),
    path("<str:username>/badge/", staff.badge, name="badge"),
    path("<str:username>/password/", staff.password, name="password"),
    path("<str:username>/access/", staff.access_, name="access"),
]
