"""Whether the plant's machinery is well: for people (/status/), balancers (/healthz, /readyz), watchers (/metrics)."""

from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from plant.access import Action, allowed
from plant.operation import checks, metrics, reading
from plant.web import StaffRequest, now, page

LOOPBACK = ("127.0.0.1", "::1")
FROM_A_PROXY = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


_asker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readyz")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers within a second and has this release's tables; Valkey is not asked, since nobody waits for
    it. A hung database is asked by one thread only, however often we are asked."""
    try:
        missing = _asker.submit(_ask_database).result(timeout=1)
    except (DatabaseError, TimeoutError):
        return HttpResponse("database does not answer", status=503, content_type="text/plain")
    if missing:
        return HttpResponse(f"{len(missing)} migrations are missing", status=503, content_type="text/plain")
    return HttpResponse("ready", content_type="text/plain")


_is_migrated = False  # what was applied stays; only what is missing is looked at again


def _ask_database() -> list[str]:
    global _is_migrated
    try:
        if _is_migrated:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return []
        missing = reading.unmigrated()
        _is_migrated = not missing
        return missing
    finally:
        connection.close()


@allowed(Action.SEE_STATUS)
@require_safe
@never_cache
def status(request: StaffRequest) -> HttpResponse:
    """Programs, figures that wait or fail, backups, clock and disk; as JSON for who accepts that."""
    there = reading.read(now())
    found = checks.all_checks(there)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(_told(there, found))
    context = {"checks": found, "worst": checks.worst(found), "reading": there}
    return page(request, "operation/status.html", context, partial="checks")


def _told(there: reading.Reading, found: list[checks.Check]) -> dict[str, object]:
    return {
        "state": checks.worst(found),
        "at": there.at.isoformat(timespec="seconds"),
        "checks": [{"name": c.name, "level": c.level, "says": c.says, "do": c.do} for c in found],
        "waiting": there.waiting,
        "oldest_mark_seconds": round(there.oldest_mark_seconds, 1),
        "failing": [vars(failing) for failing in there.failing],
        "heard_seconds_ago": {name: round(heard.ago, 1) for name, heard in there.heard.items()},
        "last_good_seconds_ago": {kind: there.age_seconds(kind) for kind in there.last},
        "clock_offset_seconds": round(there.clock_offset_seconds, 3),
        "disk_free_bytes": there.disk_free_bytes,
        "versions": there.versions,
    }


@require_safe
@never_cache
def scrape(request: HttpRequest) -> HttpResponse:
    """Prometheus' text. Only for who shows METRICS_TOKEN, or asks on this machine and not through a proxy."""
    if not _may_scrape(request):
        raise Http404
    return HttpResponse(metrics.exposition(now()), content_type=metrics.CONTENT_TYPE)


def _may_scrape(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    shown = request.headers.get("Authorization", "")
    if token and constant_time_compare(shown, f"Bearer {token}"):
        return True
    is_here = request.META["REMOTE_ADDR"] in LOOPBACK
    return is_here and not any(name in request.headers for name in FROM_A_PROXY)
