"""The settings of a web server as it must not be: after each write it sends a task to the broker. The control of the
drill `valkey-off`."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from plant.settings import *  # noqa: F403
from plant.settings import MIDDLEWARE

MIDDLEWARE = [*MIDDLEWARE, "bench.ringing.Ringing"]


class Ringing:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST":
            from plant.celery import app  # only now: the settings are these

            app.send_task("plant.recompute.tasks.sweep")
        return response
