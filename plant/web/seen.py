"""What a page showed when its form was drawn. Where somebody changed that before the form came back, the person is told
both, keeps what was typed, and presses again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.forms import HiddenInput
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from plant.errors import DomainError

FIELD = "seen"


class Changed(DomainError):
    code = "changed"


@dataclass(frozen=True)
class Fact:
    """One thing that a form rests on: `value` is compared, `say` puts a value into words, `by` says who made it so."""

    key: str
    label: str | Promise
    value: str
    say: Callable[[str], str | Promise] = str
    by: str = ""


def shown(facts: Iterable[Fact]) -> SafeString:
    """The facts as hidden fields of a form."""
    return mark_safe("".join(HiddenInput().render(FIELD, f"{fact.key}={fact.value}") for fact in facts))


def check(request: HttpRequest, facts: Iterable[Fact]) -> None:
    """Raises `Changed` where a fact is not what the form was drawn with. The caller has locked what they are read
    from; what the form does not name is not compared."""
    saw = dict(item.split("=", 1) for item in request.POST.getlist(FIELD) if "=" in item)
    told = [_told(fact, saw[fact.key]) for fact in facts if saw.get(fact.key, fact.value) != fact.value]
    if told:
        told.append(_("Nothing was saved, and what you typed is still here. Look at it, then press again."))
        raise Changed(" ".join(told))


def _told(fact: Fact, saw: str) -> str:
    words = {"what": fact.label, "saw": _words(fact, saw), "now": _words(fact, fact.value), "by": fact.by}
    if fact.by:
        return _("%(what)s: you saw %(saw)s, now it is %(now)s (%(by)s).") % words
    return _("%(what)s: you saw %(saw)s, now it is %(now)s.") % words


def _words(fact: Fact, value: str) -> str | Promise:
    return fact.say(value) if value else _("nothing")
