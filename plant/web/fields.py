"""Form fields in plant words: a weight as a scale shows it, a moment as the site's clock shows it, a note, a reference.

What was typed stays in the field, and the error is a sentence that says what to type instead.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from plant.models import Site
from plant.units import UNITS, BadMass, read_weight


class FormRenderer(TemplatesSetting):
    """Forms are drawn by our own templates."""

    form_template_name = "_form.html"
    field_template_name = "_field.html"


class WeightField(forms.Field):
    """The number a scale shows, in the unit chosen beside it; cleaned to a `Decimal` in that unit.

    Nothing weighs zero, unless `zero=True` (a tare of a heap, an empty line).
    """

    default_error_messages = {
        "required": _("Type the weight the scale shows."),
        "zero": _("A weight of zero is no weight. Type the number the scale shows."),
    }

    def __init__(self, *, zero: bool = False, **kwargs: Any) -> None:
        self.zero = zero
        attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 40, "data-weight": True}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        try:
            number = read_weight(typed)
        except BadMass as error:
            raise ValidationError(error.message, code=error.code)
        if number == 0 and not self.zero:
            raise ValidationError(self.error_messages["zero"], code="zero")
        return number


class UnitField(forms.ChoiceField):
    """The unit the scale shows: kg or lb."""

    default_error_messages = {
        "required": _("Choose the unit the scale shows: kg or lb."),
        "invalid_choice": _("The unit “%(value)s” is not known. Choose kg or lb."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Unit"))
        kwargs.setdefault("initial", "kg")
        kwargs.setdefault("widget", forms.RadioSelect)
        words = {"kg": _("kg (kilograms)"), "lb": _("lb (pounds)")}
        super().__init__(choices=[(unit, words[unit]) for unit in UNITS], **kwargs)


class MomentInput(forms.DateTimeInput):
    """A date and time without zone, and, only where the typed one came twice, the question which of the two."""

    template_name = "_moment.html"
    input_type = "datetime-local"

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__(attrs={"min": "2000-01-01T00:00", "max": "2100-12-31T23:59"}, format="%Y-%m-%dT%H:%M")
        self.zone = zone

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name), data.get(f"{name}_fold")

    def format_value(self, value: Any) -> str | None:
        typed = value[0] if isinstance(value, tuple) else value
        return super().format_value(typed)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        local = _read_local(context["widget"]["value"])
        if local is not None and _came_twice(local, self.zone):
            first, second = (local.replace(tzinfo=self.zone, fold=fold).strftime("%H:%M %Z") for fold in (0, 1))
            chosen = value[1] if isinstance(value, tuple) else None
            context["twice"] = {"first": first, "second": second, "chosen": chosen}
        return context


class MomentField(forms.Field):
    """A moment by the site's clock, cleaned to an aware UTC instant; empty is None, which the view reads as now.

    A time that the change to summer time skipped is refused; one that came twice asks which.
    """

    default_error_messages = {
        "required": _("Type the date and time."),
        "invalid": _("This is not a date and time. Type it like 2026-11-22 14:05."),
        "year": _("The year %(year)s cannot be right. Type a year from 2000 to 2100."),
        "skipped": _(
            "%(typed)s did not exist here: the clocks were set forward over it. Type the time the clock showed."
        ),
        "twice": _("%(typed)s came twice here: the clocks were set back. Choose which of the two it was."),
    }

    def __init__(self, site: Site, **kwargs: Any) -> None:
        self.zone = site.zone
        kwargs.setdefault("widget", MomentInput(self.zone))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(self.zone).replace(tzinfo=None) if isinstance(value, dt.datetime) else value

    def to_python(self, value: Any) -> dt.datetime | None:
        typed, fold = value if isinstance(value, tuple) else (value, None)
        typed = (typed or "").strip()
        if not typed:
            return None
        local = _read_local(typed)
        if local is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if not 2000 <= local.year <= 2100:
            raise ValidationError(self.error_messages["year"], code="year", params={"year": local.year})
        shown = {"typed": local.strftime("%Y-%m-%d %H:%M")}
        if _was_skipped(local, self.zone):
            raise ValidationError(self.error_messages["skipped"], code="skipped", params=shown)
        if _came_twice(local, self.zone) and fold not in ("0", "1"):
            raise ValidationError(self.error_messages["twice"], code="twice", params=shown)
        return local.replace(tzinfo=self.zone, fold=int(fold == "1")).astimezone(dt.UTC)


class DayField(forms.DateField):
    """A day of the site's calendar, of a year in which something can have happened here."""

    default_error_messages = {
        "invalid": _("This is not a day. Type it like 2026-11-22."),
        "year": MomentField.default_error_messages["year"],
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "date", "min": "2000-01-01", "max": "2100-12-31"}
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs=attrs))
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day is not None and not 2000 <= day.year <= 2100:
            raise ValidationError(self.error_messages["year"], code="year", params={"year": day.year})
        return day


_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?", re.ASCII)


def _read_local(typed: str | None) -> dt.datetime | None:
    """A date and a time, to the minute or finer, with no zone: the site's is meant."""
    if not _LOCAL.fullmatch(typed or ""):
        return None
    try:
        return dt.datetime.fromisoformat(typed or "")
    except ValueError:
        return None


def _was_skipped(local: dt.datetime, zone: ZoneInfo) -> bool:
    back = local.replace(tzinfo=zone).astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
    return back != local


def _came_twice(local: dt.datetime, zone: ZoneInfo) -> bool:
    if not 2000 <= local.year <= 2100 or _was_skipped(local, zone):
        return False
    return local.replace(tzinfo=zone, fold=0).utcoffset() != local.replace(tzinfo=zone, fold=1).utcoffset()


class TextField(forms.CharField):
    """A line of text, whose errors say what to do."""

    default_error_messages = {
        "required": _("Type it in here."),
        "max_length": _("At most %(limit_value)s characters. Shorten it."),
        "null_characters_not_allowed": _("This text holds a character that cannot be kept. Type it again."),
    }


class OneOf(forms.ChoiceField):
    """One of a few, whose errors say what to do."""

    default_error_messages = {
        "required": _("Choose one of these."),
        "invalid_choice": _("This is not one of these any more. Choose again."),
    }


class NoteField(forms.CharField):
    """A few words: at most 2,000 characters, trimmed, line ends as one."""

    default_error_messages = {
        "max_length": _("At most 2,000 characters. Shorten the note."),
        "null_characters_not_allowed": _("This text holds a character that cannot be kept. Type it again."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Note"))
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(max_length=2000, **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value) or ""


class ReferenceField(forms.CharField):
    """A reference of ours, typed or scanned: `L-2026-000042-01`; small letters are taken as capitals."""

    default_validators = [
        RegexValidator(
            r"\A[A-Z0-9][A-Z0-9-]{0,39}\Z", _("This is no reference. Type or scan one such as L-2026-000042.")
        )
    ]

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false", "data-scan": True}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=60, **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").upper()


class SearchField(forms.CharField):
    """The search box of a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Search"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "search", "autocomplete": "off"}))
        super().__init__(required=False, max_length=60, **kwargs)
