from django.urls import path

from intake import views

app_name = "intake"
urlpatterns = [
    path("", views.receipts, name="receipts"),
    path("new/", views.receive, name="receive"),
    path("<str:reference>/", views.receipt, name="receipt"),
]
