"""Addresses of the processing room."""

from django.urls import path

from processing.views import batches, lines, owners, work

app_name = "processing"
urlpatterns = [
    path("batches/", batches.batches, name="batches"),
    path("batches/new/", batches.new, name="new"),
    path("batches/lines/", lines.lines, name="lines"),
    path("batches/lines/<str:code>/clean-out/", lines.clean_out, name="clean_out"),
    path("batches/<str:reference>/", batches.batch, name="batch"),
    path("batches/<str:reference>/open/", batches.open_, name="open"),
    path("batches/<str:reference>/hold/", batches.hold, name="hold"),
    path("batches/<str:reference>/resume/", batches.resume, name="resume"),
    path("batches/<str:reference>/abort/", batches.abort, name="abort"),
    path("batches/<str:reference>/blend/", batches.blend, name="blend"),
    path("batches/<str:reference>/charge/", work.charge, name="charge"),
    path("batches/<str:reference>/charge/selection/", work.selection, name="selection"),
    path("batches/<str:reference>/charge/<str:container>/", work.charge_part, name="charge_part"),
    path("batches/<str:reference>/give-back/<str:container>/", work.give_back, name="give_back"),
    path("batches/<str:reference>/bag/", work.bag, name="bag"),
    path("batches/<str:reference>/loss/", work.loss, name="loss"),
    path("batches/<str:reference>/close/", work.close, name="close"),
    path("batches/<str:reference>/owners/", owners.owners, name="owners"),
    path("batches/<str:reference>/undo/", work.undo, name="undo"),
    path("batches/<str:reference>/entries/<int:number>/reverse/", batches.reverse_one, name="reverse"),
    path("batches/<str:reference>/entries/<int:number>/correct/", batches.correct_one, name="correct"),
    path("containers/<str:reference>/discharge/", lines.discharge, name="discharge"),
]
