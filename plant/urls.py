"""Every address of the house: each room says its own, here is where it hangs."""

from django.urls import URLPattern, URLResolver, include, path

from plant import views
from plant.floor import people, scans

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("login/", views.log_in, name="login"),
    path("logout/", people.log_out, name="logout"),
    path("station/", people.station, name="station"),
    path("switch/", people.switch, name="switch"),
    path("awake/", people.awake, name="awake"),
    path("unlock/", people.unlock, name="unlock"),
    path("theme/", views.theme, name="theme"),
    path("language/", views.language, name="language"),
    path("find/", scans.find, name="find"),
    path("people/", include("plant.floor.urls")),
    path("api/", include("plant.api.urls")),
    path("api/v1/", include("shipments.api_urls")),
    # The rooms, in the order material flows. Each line is one room: path("intake/", include("intake.urls")),
    path("shipments/", include("shipments.urls")),
    path("intake/", include("intake.urls")),
    path("", include("plant.inventory.urls")),
    path("", include("plant.records.urls")),
    path("", include("processing.urls")),
    path("limits/", include("plant.limits.urls")),
    path("dashboard/", include("plant.dashboard.urls")),
    path("", include("plant.operation.urls")),
    path("demo/", include("plant.demo.urls")),
]

handler400 = "plant.views.bad_request"
handler403 = "plant.views.forbidden"
handler404 = "plant.views.not_found"
handler500 = "plant.views.server_error"

__all__ = ["handler400", "handler403", "handler404", "handler500", "include", "urlpatterns"]
