from django.urls import path

from plant.records import views

app_name = "records"
urlpatterns = [
    path("labels/", views.labels, name="labels"),
    path("labels/<uuid:press>/", views.press, name="press"),
    path("printers/", views.printers, name="printers"),
    path("printers/new/", views.new_printer, name="new_printer"),
    path("printers/<str:code>/", views.printer, name="printer"),
    path("printers/<str:code>/change/", views.change_printer, name="change_printer"),
    path("printers/<str:code>/test/", views.test_print, name="test_print"),
    path("printers/<str:code>/again/", views.again, name="again"),
    path("printers/<str:code>/drop/", views.drop, name="drop"),
]
