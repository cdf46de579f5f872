"""Printers, and the log of every label that was printed."""

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from plant.models import Site, Station, User
from plant.states import append_only

MOST_COPIES = 20


@pghistory.track()
class Printer(models.Model):
    """A label printer that takes ZPL on a TCP port (Zebra's, and others that know it), and the station it stands at."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="printers")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="printers")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    host = models.CharField(max_length=120)
    port = models.PositiveIntegerField(default=9100)
    prints_by_itself = models.BooleanField(default=False)
    """What is received or bagged at its station gets its label without being asked."""
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="records_printer_code_unique",
                violation_error_message="A printer with this code is there already. Choose another code.",
            ),
            models.UniqueConstraint(
                fields=("station",),
                condition=Q(is_active=True),
                name="records_printer_one_at_a_station",
                violation_error_message="This station has its printer already. Take that one out of use first.",
            ),
            models.CheckConstraint(
                condition=~Q(host="") & Q(port__gte=1, port__lte=65535),
                name="records_printer_has_address",
                violation_error_message="A printer has an address, and a port from 1 to 65535, mostly 9100.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Reason(models.TextChoices):
    """Why a label is printed once more."""

    UNREADABLE = "unreadable", _("It cannot be read any more")
    LOST = "lost", _("It is lost")
    CHANGED = "changed", _("Something on it has changed")
    WRONG = "wrong", _("It was on the wrong thing")
    OTHER = "other", _("Another reason")


class LabelPrint(models.Model):
    """One label that was printed, with everything that stood on it: an append-only log. Labels printed by one press of
    a button share their `press`."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="label_prints")
    press = models.UUIDField()
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=60)
    """The reference or code of what it is stuck on."""
    label = models.JSONField()
    copies = models.PositiveSmallIntegerField(default=1)
    printer = models.ForeignKey(Printer, models.PROTECT, null=True, blank=True, related_name="prints")
    """Null: on paper, by the browser."""
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    """Blank the first time."""
    note = models.CharField(max_length=200, blank=True)
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="label_prints")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("press", "kind", "subject"),
                name="records_labelprint_once_a_press",
                violation_error_message="This label is in this print already. Set how many copies you want.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(subject=""),
                name="records_labelprint_names_its_subject",
                violation_error_message="A printed label names what it is stuck on.",
            ),
            models.CheckConstraint(
                condition=Q(copies__gte=1, copies__lte=MOST_COPIES),
                name="records_labelprint_copies_bounds",
                violation_error_message="Print 1 to 20 copies at once.",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=("", *Reason.values)) & (~Q(reason=Reason.OTHER) | ~Q(note="")),
                name="records_labelprint_reason_known",
                violation_error_message="Say why it is printed again; for another reason, type which.",
            ),
        )
        indexes = (
            models.Index(fields=("site", "kind", "subject"), name="records_labelprint_subject"),
            models.Index(fields=("printer", "-id"), name="records_labelprint_printer"),
        )
        triggers = tuple(append_only("records_labelprint"))

    def __str__(self) -> str:
        return self.subject


class PrintJobQuerySet(models.QuerySet["PrintJob"]):
    def waiting(self) -> "PrintJobQuerySet":
        """Neither taken by the printer nor dropped."""
        return self.filter(sent_at=None, dropped_at=None)


class PrintJob(models.Model):
    """A logged label on its way to its printer: waiting until the printer has taken it or somebody drops it."""

    print = models.OneToOneField(LabelPrint, models.PROTECT, related_name="job")
    printer = models.ForeignKey(Printer, models.PROTECT, related_name="jobs")
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PrintJobQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(dropped_at__isnull=True),
                name="records_printjob_ends_once",
                violation_error_message="This label is printed or dropped already. Load the page again.",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True, dropped_by__isnull=True)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False),
                name="records_printjob_dropped_complete",
                violation_error_message="A dropped label names who dropped it and when.",
            ),
        )
        indexes = (
            models.Index(
                fields=("printer", "id"),
                condition=Q(sent_at=None, dropped_at=None),
                name="records_printjob_waiting",
            ),
        )

    def __str__(self) -> str:
        return str(self.print)
