"""What a reading means: each thing that can be wrong as a sentence, and what to do. The status page, the doctor and
the watchers ask here, so they agree."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plant.operation import pulses
from plant.operation.models import Run
from plant.operation.reading import Reading

MINUTE, HOUR, DAY = 60, 3600, 86_400
OLDEST_MARK_SECONDS = MINUTE
BACKUP_HOURS = 26
RESTORE_TEST_DAYS = 35
CLOCK_SECONDS = 60
LITTLE_DISK, TINY_DISK = 5_000_000_000, 500_000_000  # bytes free


class Level(models.TextChoices):
    OK = "ok", gettext_lazy("OK")
    WARN = "warn", gettext_lazy("Look")
    FAIL = "fail", gettext_lazy("Wrong")


@dataclass(frozen=True)
class Check:
    """One thing looked at: how it is, in a sentence, and what to do where it is not well."""

    name: str
    level: Level
    says: str
    do: str = ""


def all_checks(reading: Reading) -> list[Check]:
    return [*programs(reading), *facts(reading), *runs(reading), *machine(reading)]


def worst(checks: list[Check]) -> Level:
    order = list(Level)
    return max((check.level for check in checks), key=order.index, default=Level.OK)


def programs(reading: Reading) -> Iterator[Check]:
    heard = reading.heard
    do = _("Start it again. Its log says why it ended.")
    yield _program(reading, pulses.RELAY, _("Relay"), do)
    yield _program(reading, pulses.BEAT, _("Beat"), do)
    if pulses.is_silent(heard, pulses.RELAY):
        says = _("Nothing is known of it: only the relay asks it.")
        yield Check(_("Valkey"), Level.WARN, says, _("Start the relay."))
        yield Check(_("Workers"), Level.WARN, says, _("Start the relay."))
        return
    if pulses.is_silent(heard, pulses.VALKEY):
        do = _("Start Valkey, or mend REDIS_URL. Nothing is lost meanwhile: the relay computes the figures itself.")
        says = _("It takes no messages; the last %(ago)s.") % {"ago": _ago(reading, pulses.VALKEY)}
        yield Check(_("Valkey"), Level.FAIL, says, do)
    else:
        yield Check(_("Valkey"), Level.OK, _("It takes messages."))
    canary = heard.get(pulses.CANARY)
    if pulses.is_deaf(heard):
        says = _("They have not answered for %(time)s.") % {"time": time(canary.waiting or 0) if canary else ""}
        yield Check(_("Workers"), Level.FAIL, says, _("Start them again. Their log says what happened."))
    else:
        yield Check(_("Workers"), Level.OK, _("Last answer %(ago)s.") % {"ago": _ago(reading, pulses.CANARY)})


def _program(reading: Reading, name: str, label: str, do: str) -> Check:
    says = _("Last heard %(ago)s.") % {"ago": _ago(reading, name)}
    if pulses.is_silent(reading.heard, name):
        return Check(label, Level.FAIL, says, do)
    return Check(label, Level.OK, says)


def facts(reading: Reading) -> Iterator[Check]:
    name = _("Derived figures")
    if not reading.waiting:
        yield Check(name, Level.OK, _("All are up to date."))
    else:
        says = _("%(count)s wait, the oldest for %(time)s.") % {
            "count": f"{reading.waiting:,}",
            "time": time(reading.oldest_mark_seconds),
        }
        late = reading.oldest_mark_seconds > OLDEST_MARK_SECONDS
        yield Check(name, Level.WARN if late else Level.OK, says, _("Look at relay and workers.") if late else "")
    if reading.failing_count:
        says = _("%(count)s cannot be computed.") % {"count": f"{reading.failing_count:,}"}
        yield Check(_("Failing figures"), Level.FAIL, says, _("They are tried again by themselves. Tell IT the error."))


def runs(reading: Reading) -> Iterator[Check]:
    backup_do = _("Run: python3 manage.py backup DIR, and set PLANT_BACKUP_DIR for one every night.")
    wanted = Level.FAIL if settings.BACKUP_DIR else Level.WARN
    yield _run(reading, Run.Kind.BACKUP, _("Last backup"), BACKUP_HOURS * HOUR, wanted, backup_do)
    test_do = _("Run: python3 manage.py restore-test DIR. A backup is worth what a restore of it proves.")
    yield _run(reading, Run.Kind.RESTORE_TEST, _("Last restore test"), RESTORE_TEST_DAYS * DAY, Level.WARN, test_do)
    do = _("Run: python3 manage.py reconcile. It names each difference.")
    yield _run(reading, Run.Kind.RECONCILE, _("Comparison with the ledger"), BACKUP_HOURS * HOUR, Level.WARN, do)


def _run(reading: Reading, kind: Run.Kind, label: str, oldest: float, level: Level, do: str) -> Check:
    last, age = reading.last[kind], reading.age_seconds(kind)
    ago = _("never") if age is None else _("%(time)s ago") % {"time": time(age)}
    if last.fault:
        says = _("The newest failed: %(fault)s The last good one: %(ago)s.") % {"fault": last.fault, "ago": ago}
        return Check(label, Level.FAIL, says, do)
    says = ago[:1].upper() + ago[1:] + "."
    return Check(label, level, says, do) if age is None or age > oldest else Check(label, Level.OK, says)


def machine(reading: Reading) -> Iterator[Check]:
    yield clock(reading.clock_offset_seconds)
    free = _("%(free)s GB of %(all)s GB are free.") % {
        "free": f"{reading.disk_free_bytes / 1e9:,.1f}",
        "all": f"{reading.disk_bytes / 1e9:,.0f}",
    }
    levels = ((TINY_DISK, Level.FAIL), (LITTLE_DISK, Level.WARN))
    level = next((level for limit, level in levels if reading.disk_free_bytes < limit), Level.OK)
    yield Check(_("Disk"), level, free, _("Make room, or backups will fail.") if level != Level.OK else "")
    yield tables(reading.unmigrated)


def tables(missing: list[str]) -> Check:
    if not missing:
        return Check(_("Tables"), Level.OK, _("They are those of this release."))
    says = _("%(count)s migrations are missing, such as %(first)s.") % {"count": len(missing), "first": missing[0]}
    return Check(_("Tables"), Level.FAIL, says, _("Run: python3 manage.py migrate"))


def clock(offset_seconds: float) -> Check:
    """Times that people type are compared with this machine's clock, marks and pulses with the database's."""
    if abs(offset_seconds) <= CLOCK_SECONDS:
        return Check(_("Clock"), Level.OK, _("Ours and the database's agree."))
    words = _("ahead of") if offset_seconds > 0 else _("behind")
    says = _("The database's clock is %(time)s %(ahead)s this machine's.") % {
        "time": time(abs(offset_seconds)),
        "ahead": words,
    }
    return Check(_("Clock"), Level.FAIL, says, _("Set both by a time server (timedatectl set-ntp true)."))


def _ago(reading: Reading, name: str) -> str:
    if name not in reading.heard:
        return _("never")
    return _("%(time)s ago") % {"time": time(reading.heard[name].ago)}


def time(seconds: float) -> str:
    """A span as people say it: 40 s, 12 min, 3 h, 2 days."""
    if seconds < 2 * MINUTE:
        return _("%(n)s s") % {"n": f"{seconds:.0f}"}
    if seconds < HOUR:
        return _("%(n)s min") % {"n": f"{seconds / MINUTE:.0f}"}
    if seconds < 2 * DAY:
        return _("%(n)s h") % {"n": f"{seconds / HOUR:.1f}".removesuffix(".0")}
    return _("%(n)s days") % {"n": f"{seconds / DAY:.0f}"}
