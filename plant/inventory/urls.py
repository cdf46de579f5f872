from django.urls import path

from plant.inventory import correction_views, count_views, month_views, repacking_views, station_views, views

app_name = "inventory"
urlpatterns = [
    path("months/", month_views.statements, name="months"),
    path("months/<str:month>/", month_views.statement, name="month"),
    path("counts/", count_views.counted, name="counts"),
    path("counts/new/", count_views.start, name="start_count"),
    path("counts/<str:reference>/", count_views.count, name="count"),
    path("counts/<str:reference>/withdraw/", count_views.withdraw, name="withdraw"),
    path("counts/<str:reference>/compare/", count_views.review, name="review_count"),
    path("counts/<str:reference>/abandon/", count_views.abandon, name="abandon_count"),
    path("stations/", station_views.stations, name="stations"),
    path("stations/new/", station_views.new_station, name="new_station"),
    path("stations/<str:code>/", station_views.station, name="station"),
    path("stations/<str:code>/tare/", station_views.tare, name="tare"),
    path("lots/", views.lots, name="lots"),
    path("lots/<str:reference>/", views.lot, name="lot"),
    path("lots/<str:reference>/regulatory/", views.decide, name="decide"),
    path("containers/", views.containers, name="containers"),
    path("containers/together/", repacking_views.put_together, name="together"),
    path("containers/<str:reference>/", views.container, name="container"),
    path("containers/<str:reference>/split/", repacking_views.split, name="split"),
    path("containers/<str:reference>/move/", views.move, name="move"),
    path("containers/<str:reference>/hold/", views.hold, name="hold"),
    path("containers/<str:reference>/release/", views.release, name="release"),
    path("containers/<str:reference>/reverse/", views.turn_back, name="reverse"),
    path("containers/<str:reference>/correct/", correction_views.correct, name="correct"),
    path("containers/<str:reference>/correct/<int:number>/", correction_views.correct, name="correct_entry"),
]
