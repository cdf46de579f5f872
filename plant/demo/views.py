"""The first hour is put away, or taken out again."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from plant.demo import services
from plant.web import StaffRequest, go


@login_required
@require_POST
def put_away(request: StaffRequest) -> HttpResponse:
    services.put_away(user=request.user, is_away=request.POST.get("put") == "away")
    return go(request, reverse("home"))
