"""Pages of cycle counts: which there were, where to count next, counting blind, and the review that posts it."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count as CountOf
from django.db.models import Max, Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from plant.access import Action, allowed, may
from plant.inventory import count_posting, counts
from plant.inventory.count_forms import AbandonForm, CountFilters, PostForm, SightForm, TakeOffForm
from plant.inventory.models import Count, CountLine, CountState, Location
from plant.inventory.weight_forms import beside, is_asked, station_of
from plant.web import Column, NotFound, StaffRequest, go, kept, listing, now, page, wants_partial
from plant.web.figures import kg

COUNTS = (
    Column("reference", gettext_lazy("Count"), "reference", url="inventory:count"),
    Column("location__name", gettext_lazy("Place")),
    Column("state", gettext_lazy("State"), "state", choices=CountState),
    Column("containers", gettext_lazy("Containers seen"), "count"),
    Column("corrected", gettext_lazy("Corrected"), "count"),
    Column("started_at", gettext_lazy("Started"), "instant"),
    Column("started_by__name", gettext_lazy("By")),
    Column("ended_at", gettext_lazy("Ended"), "instant"),
    Column("ended_by__name", gettext_lazy("Ended by")),
    Column("reason", gettext_lazy("Remark")),
)
WEIGH = "weigh_each"


@allowed(Action.SEE_PLANT)
@require_GET
def counted(request: StaffRequest) -> HttpResponse:
    """Every count, newest first."""
    filters = CountFilters(request.GET, site=request.user.site)
    chosen = filters.chosen
    found = Count.objects.on_site(request.user.site).filter(
        **{name: chosen[name] for name in ("state", "location") if name in chosen}
    )
    if text := chosen.get("q"):
        found = found.filter(Q(reference__icontains=text) | Q(location__name__icontains=text))
    rows = found.annotate(
        containers=CountOf("sightings__container", distinct=True, filter=Q(sightings__is_withdrawn=False)),
        corrected=CountOf("lines", distinct=True, filter=Q(lines__adjusted__isnull=False)),
    ).order_by("-pk")
    return listing(
        request,
        rows.values(*(column.key for column in COUNTS)),
        COUNTS,
        title=_("Counts"),
        template="inventory/counts.html",
        filters=filters,
        empty=_("Nothing was counted yet."),
    )


@allowed(Action.COUNT)
@require_http_methods(["GET", "POST"])
def start(request: StaffRequest) -> HttpResponse:
    """Where to count: the bays, those that waited longest first."""
    site, refused = request.user.site, ""
    if request.method == "POST":
        code = request.POST.get("location", "").strip().upper()[:30]
        place = Location.objects.filter(site=site, code=code, kind__in=counts.COUNTED, is_active=True).first()
        if place is not None:
            count = counts.start_count(location=place, by=request.user, at=now())
            return go(request, reverse("inventory:count", args=[count.reference]))
        refused = _("There is no bay or zone %(code)s here. Choose one below.") % {"code": code}
    places = (
        Location.objects.filter(site=site, kind__in=counts.COUNTED, is_active=True)
        .annotate(
            last=Max("counts__ended_at", filter=Q(counts__state=CountState.POSTED)),
            running=Max("counts__started_by__name", filter=Q(counts__state=CountState.OPEN)),
        )
        .order_by("code")
    )
    context = {
        "zones": [place for place in places if place.kind == Location.Kind.ZONE],
        "bays": [place for place in places if place.kind == Location.Kind.BAY],
        "refused": refused,
        "sign": request.POST.get("location") or request.GET.get("place", ""),
        "as_of": now(),
    }
    return page(request, "inventory/count_start.html", context, status=422 if refused else 200)


@allowed(Action.SEE_PLANT)
@require_http_methods(["GET", "POST"])
def count(request: StaffRequest, reference: str) -> HttpResponse:
    """An open count: scan, weigh or not, one after the other. An ended one: what became of it."""
    count = _count(request, reference)
    if not may(request.user, Action.COUNT) and request.method == "POST":
        raise Http404
    if count.state != CountState.OPEN or not may(request.user, Action.COUNT):
        return _show_ended(request, count)
    given = request.POST if request.method == "POST" else request.GET
    form = _sight_form(request, count, given, data=request.POST if request.method == "POST" else None)
    if is_asked(request):
        return beside(request, form)
    if done := kept(request, form, lambda: _see(request, count, form)):
        again = {name: request.POST[name] for name in (WEIGH, "bay", "unit", "scale") if request.POST.get(name)}
        if not wants_partial(request):
            return go(request, f"{request.path}?{urlencode(again | done)}")
        form = _sight_form(request, count, again)  # the next scan may come at once
        return _show_open(request, count, form, latest=done["seen"])
    return _show_open(request, count, form, latest=request.GET.get("seen", ""))


def _sight_form(request: StaffRequest, count: Count, given: Any, *, data: Any = None) -> SightForm:
    """The form of the next container; bay, unit and scale stay as they were."""
    start = {name: given.get(name) for name in ("bay", "unit", "scale") if given.get(name)}
    is_weighing = given.get(WEIGH) == "1"
    return SightForm(data, count=count, is_weighing=is_weighing, station=station_of(request), now=now(), initial=start)


def _see(request: StaffRequest, count: Count, form: SightForm) -> dict[str, Any]:
    typed, moment = form.cleaned_data, now()
    counts.see(
        count=count,
        container=typed["container"],
        bay=form.bay_chosen,
        reading=typed.get("reading"),
        confirmed=bool(typed.get("confirmed")),
        by=request.user,
        at=moment,
        now=moment,
    )
    return {"seen": typed["container"].reference}


def _show_open(
    request: StaffRequest,
    count: Count,
    form: SightForm | None = None,
    *,
    latest: str = "",
    refused: Form | None = None,
) -> HttpResponse:
    """The counting page; `refused` is one of its small forms that came back."""
    seen = counts.sightings_of(count)
    context = {
        "count": count,
        "form": form or _sight_form(request, count, {}),
        "seen": seen,
        "latest": next((s for s in seen if s.container.reference == latest), None),
        "others": sorted(({s.by.name for s in seen} | {count.started_by.name}) - {request.user.name}),
        "abandon": refused if isinstance(refused, AbandonForm) else AbandonForm(),
        "taking": refused or TakeOffForm(count=count),
        "refused": refused,
    }
    status = 422 if refused or (form and form.errors) else 200
    return page(request, "inventory/count.html", context, partial="panel", status=status)


def _show_ended(request: StaffRequest, count: Count) -> HttpResponse:
    lines = (
        CountLine.objects.filter(count=count)
        .select_related("container__lot__material", "sighting__bay", "sighting__by", "moved__from_location")
        .select_related("moved__to_location", "adjusted__reversed_by")
        .order_by("container__reference")
    )
    seen = counts.sightings_of(count) if count.state != CountState.POSTED else []
    return page(request, "inventory/counted.html", {"count": count, "lines": lines, "seen": seen})


@allowed(Action.COUNT)
@require_POST
def withdraw(request: StaffRequest, reference: str) -> HttpResponse:
    """Take a container off the count that was scanned by mistake."""
    count = _count(request, reference)
    form = TakeOffForm(request.POST, count=count)

    def action() -> dict[str, Any]:
        moment, box = now(), form.cleaned_data["container"]
        counts.withdraw(count=count, container=box, by=request.user, at=moment, now=moment)
        return {"box": box.reference}

    if done := kept(request, form, action):
        return go(request, _url(count), _("%(box)s is off the count.") % done)
    return _show_open(request, count, refused=form)


@allowed(Action.COUNT)
@require_http_methods(["GET", "POST"])
def review(request: StaffRequest, reference: str) -> HttpResponse:
    """Expected, counted and the difference, container by container; then posted as a whole."""
    count = _count(request, reference)
    if request.method == "GET" and count.state != CountState.OPEN:
        return _show_ended(request, count)
    found = count_posting.review(count)
    second = count_posting.needs_second(count, request.user)
    form = PostForm(request.POST if request.method == "POST" else None, count=count, review=found, may_zero=not second)

    def action() -> dict[str, Any]:
        moment = now()
        count_posting.post_count(
            count=count,
            by=request.user,
            at=moment,
            now=moment,
            decisions=form.decisions,
            reason=form.cleaned_data["reason"],
            looked_at=form.cleaned_data["looked_at"],
        )
        return {}

    if kept(request, form, action) is not None:
        return go(request, _url(count), _("%(count)s is posted.") % {"count": count})
    if form.errors:
        found = count_posting.review(count)
    context = {
        "count": count,
        "review": found,
        "form": form,
        "rows": [(line, form[line.container.reference] if line in found.astray else None) for line in found.found],
        "not_seen": [(row, form[row.container.reference]) for row in found.not_seen],
        "second": second,
        "is_stuck": bool(second) and found.is_far,
        "difference": kg(found.difference_kg, 3),
    }
    return page(request, "inventory/count_review.html", context, partial="panel", status=422 if form.errors else 200)


@allowed(Action.COUNT)
@require_POST
def abandon(request: StaffRequest, reference: str) -> HttpResponse:
    """Give an open count up."""
    count = _count(request, reference)
    form = AbandonForm(request.POST)

    def action() -> dict[str, Any]:
        counts.abandon_count(count=count, reason=form.cleaned_data["reason"], by=request.user, at=now())
        return {}

    if kept(request, form, action) is not None:
        return go(request, _url(count), _("%(count)s is abandoned. Nothing changed.") % {"count": count})
    return _show_open(request, count, refused=form)


def _url(count: Count) -> str:
    return reverse("inventory:count", args=[count.reference])


def _count(request: StaffRequest, reference: str) -> Count:
    found = (
        Count.objects.on_site(request.user.site)
        .select_related("site", "location", "started_by", "ended_by")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no count %(reference)s here.") % {"reference": reference})
    return found
