"""Filters and tags of every template: how figures, states, form fields and icons are written."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms, template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from plant import once as once_keys
from plant.access import Action
from plant.access import may as person_may
from plant.models import User
from plant.web import figures, looks
from plant.web import seen as seen_facts

register = template.Library()


@register.filter
def kg(value: Decimal | None, places: int = 1) -> str:
    """`{{ mass|kg }}` is `1,234.5 kg`; `{{ mass|kg:3 }}` is exact."""
    return figures.kg(value, places)


@register.filter
def tonnes(value_kg: Decimal | None, way: str = "") -> str:
    """`{{ kg|tonnes }}` is `13,500 t`, with `"short"` `14,881.2 short tons`, with `"both"` one and (the other)."""
    if value_kg is None:
        return figures.NOTHING
    if way == "short":
        return figures.in_short_tons(value_kg)
    if way == "both":
        return f"{figures.in_tonnes(value_kg)} ({figures.in_short_tons(value_kg)})"
    return figures.in_tonnes(value_kg)


@register.filter
def percent(ratio: Decimal | None, places: int = 2) -> str:
    """`{{ ratio|percent }}` is `42.75 %`."""
    return figures.percent(ratio, places)


@register.filter
def number(value: Decimal | int | None, places: int = 0) -> str:
    """`{{ count|number }}` is `1,234`."""
    return figures.NOTHING if value is None else figures.number(value, places)


@register.filter
def instant(at: dt.datetime | None) -> str:
    """`{{ at|instant }}` is `2026-11-22 14:05 EST`, by the site's clock."""
    return figures.instant(at)


@register.filter
def day(on: dt.date | dt.datetime | None) -> str:
    """`{{ on|day }}` is `2026-11-22`."""
    return figures.day(on)


@register.filter
def since(at: dt.datetime | None, as_of: dt.datetime) -> str:
    """`{{ at|since:as_of }}` is how old it is: `3 d 4 h`."""
    return figures.NOTHING if at is None else figures.age(at, as_of)


@register.simple_tag
def icon(name: str) -> SafeString:
    return looks.icon(name)


@register.simple_tag
def state(value: str, label: object) -> SafeString:
    """`{% state batch.state batch.get_state_display %}`: icon, word and tone."""
    return looks.badge(value, label)


@register.simple_tag
def field(bound: forms.BoundField, **looks_: Any) -> SafeString:
    """`{% field form.gross %}`: label, control, hint and error, tied together for a screen reader.

    `unit="kg"` stands behind the control; `wide=True` takes the whole row.
    """
    return mark_safe(bound.form.renderer.render(bound.template_name, {"field": bound, **looks_}))


@register.simple_tag(takes_context=True)
def once(context: Context, form: forms.BaseForm | None = None) -> SafeString:
    """The hidden key by which a form is carried out once. A form that comes back with errors keeps its key; with
    several forms on a page, name the form: `{% once form %}`."""
    request = context.get("request")
    is_again = form.is_bound if form is not None else context.get("is_again", False)
    key = request.POST.get(once_keys.FIELD, "") if request is not None and is_again else ""
    return forms.HiddenInput().render(once_keys.FIELD, key or once_keys.new_key())


@register.simple_tag
def seen(facts: Iterable[seen_facts.Fact]) -> SafeString:
    """`{% seen facts %}` in a form: what the page shows, to be compared when the form comes back."""
    return seen_facts.shown(facts or ())


@register.simple_tag(takes_context=True)
def may(context: Context, action: str) -> bool:
    """`{% may 'RUN_BATCH' as can_run %}`: whether the person who looks may do it."""
    user = getattr(context.get("request"), "user", None)
    return isinstance(user, User) and person_may(user, Action[action])
