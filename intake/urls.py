from django.urls import path

from intake import paper_views, views

app_name = "intake"
urlpatterns = [
    path("", views.receipts, name="receipts"),
    path("new/", views.receive, name="receive"),
    path("<str:reference>/", views.receipt, name="receipt"),
    path("<str:reference>/papers/", paper_views.correct, name="papers"),
    path("<str:reference>/void/", paper_views.void, name="void"),
    path("<str:reference>/undo/", views.undo, name="undo"),
]
