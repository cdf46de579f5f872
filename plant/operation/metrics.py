"""Figures for Prometheus. Requests are counted in files that all web processes share; everything else is read from the
database when it is asked for, so it is the same whichever process answers, and true with every worker dead."""

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from plant.operation import pulses, reading
from plant.operation.models import Run
from plant.operation.reading import Reading

CONTENT_TYPE = CONTENT_TYPE_LATEST
LOCK_NOT_AVAILABLE = "55P03"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

_ours = CollectorRegistry()
requests = Counter("http_requests", "Requests answered", ["view", "method", "status"], registry=_ours)
seconds = Histogram("http_request_seconds", "How long an answer took", ["view"], buckets=BUCKETS, registry=_ours)
lock_timeouts = Counter("lock_timeouts", "Statements that gave up waiting for another's lock", registry=_ours)


class Counted:
    """Counts each request by its view (never by its address: that would be a series for every lot)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with connection.execute_wrapper(_count_lock_timeouts):
            response = self.get_response(request)
        match = request.resolver_match
        view, method = match.view_name if match else "", request.method if request.method in METHODS else "other"
        requests.labels(view, method, str(response.status_code)).inc()
        seconds.labels(view).observe(time.perf_counter() - began)
        return response


RUNS = {Run.Kind.BACKUP: "backup", Run.Kind.RESTORE_TEST: "restore_test", Run.Kind.RECONCILE: "ledger_verify"}
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")


def _count_lock_timeouts(execute: Callable[..., Any], *statement: Any) -> Any:
    try:
        return execute(*statement)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            lock_timeouts.inc()
        raise


def exposition(at: dt.datetime) -> bytes:
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_ours)
    registry.register(Plant(at))
    return generate_latest(registry)


class Plant(Collector):
    """What is read from the database."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            there = reading.read(self.at)
        except DatabaseError:
            yield GaugeMetricFamily("database_up", "Whether the database answers", 0)
            return
        yield GaugeMetricFamily("database_up", "Whether the database answers", 1)
        yield from _gauges(there)
        used = GaugeMetricFamily("capacity_used_ratio", "Share of a limit used this year", labels=["site", "limit"])
        for (site, limit), ratio in reading.used_ratios().items():
            used.add_metric([site, limit], float(ratio))
        yield used


def _gauges(there: Reading) -> Iterator[GaugeMetricFamily]:
    yield GaugeMetricFamily("outbox_oldest_seconds", "Age of the oldest stale figure", there.oldest_mark_seconds)
    yield GaugeMetricFamily("outbox_waiting", "Figures that wait for a worker", there.waiting)
    yield GaugeMetricFamily("outbox_failed", "Figures that cannot be computed", there.failing_count)
    yield GaugeMetricFamily("clock_offset_seconds", "Database's clock ahead of ours", there.clock_offset_seconds)
    yield GaugeMetricFamily("disk_free_bytes", "Free where backups are kept", there.disk_free_bytes)
    for name in (pulses.CANARY, pulses.RELAY, pulses.BEAT):
        if name in there.heard:
            yield GaugeMetricFamily(f"{name}_age_seconds", "Since it was last heard", there.heard[name].ago)
    for kind, name in RUNS.items():
        if (age := there.age_seconds(kind)) is not None:
            yield GaugeMetricFamily(f"{name}_age_seconds", "Since the last one ended well", age)
    newest = Run.objects.filter(kind=Run.Kind.RECONCILE).order_by("-ended_at").first()
    if newest:
        findings = newest.details.get("differences", 0)
        yield GaugeMetricFamily("ledger_verify_findings", "Differences from the ledger at the last look", findings)
