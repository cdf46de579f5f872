"""Pages that mend a booking: its papers, or all of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from intake import papers
from intake.forms import PAPERS
from intake.models import Receipt
from intake.views import receipt_of
from plant.access import Action, allowed
from plant.inventory.forms import ReasonField
from plant.web import NoteField, StaffRequest, go, kept, now, page


class CorrectPapersForm(forms.Form):
    """The papers as they stand, to be changed, and why."""

    bill_of_lading = forms.CharField(label=gettext_lazy("Bill of lading"), max_length=40)
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=80)
    trailer = forms.CharField(label=gettext_lazy("Trailer"), max_length=40, required=False)
    seal = forms.CharField(label=gettext_lazy("Seal"), max_length=40, required=False)
    note = NoteField(required=False)
    reason = ReasonField(label=gettext_lazy("Why it changes"))

    def __init__(self, data: Any = None, *, receipt: Receipt) -> None:
        names = ("bill_of_lading", "carrier", "trailer", "seal", "note")
        super().__init__(data, initial={name: getattr(receipt, name) for name in names})
        for name in ("bill_of_lading", "carrier"):
            self.fields[name].error_messages["required"] = PAPERS[name]


class VoidForm(forms.Form):
    """Why the load was booked in error."""

    reason = ReasonField(label=gettext_lazy("Why it was booked in error"))


@allowed(Action.RECEIVE)
@require_http_methods(["GET", "POST"])
def correct(request: StaffRequest, reference: str) -> HttpResponse:
    """What was typed wrong on a receipt's papers."""
    receipt = receipt_of(request, reference)
    if receipt.voided_at is not None:
        return _not_now(request, receipt)
    form = CorrectPapersForm(request.POST if request.method == "POST" else None, receipt=receipt)

    def act() -> dict[str, Any]:
        papers.correct_papers(receipt=receipt, by=request.user, **form.cleaned_data)
        return {}

    if kept(request, form, act) is not None:
        return go(request, _url(receipt), _("The papers of %(receipt)s are changed.") % {"receipt": receipt})
    return _show(request, receipt, form, is_void=False)


@allowed(Action.REVERSE_OWN)
@require_http_methods(["GET", "POST"])
def void(request: StaffRequest, reference: str) -> HttpResponse:
    """The whole booking was an error."""
    receipt = receipt_of(request, reference)
    if request.method == "GET" and not papers.may_void(receipt, by=request.user, now=now()):
        return _not_now(request, receipt)
    form = VoidForm(request.POST if request.method == "POST" else None)

    def act() -> dict[str, Any]:
        papers.void_receipt(receipt=receipt, by=request.user, now=now(), **form.cleaned_data)
        return {}

    if kept(request, form, act) is not None:
        return go(request, _url(receipt), _("%(receipt)s is void. It stays in the list.") % {"receipt": receipt})
    return _show(request, receipt, form, is_void=True)


def _url(receipt: Receipt) -> str:
    return reverse("intake:receipt", args=[receipt.reference])


def _show(request: StaffRequest, receipt: Receipt, form: forms.Form, *, is_void: bool) -> HttpResponse:
    context = {"receipt": receipt, "form": form, "is_void": is_void}
    return page(request, "intake/mend.html", context, status=422 if form.errors else 200)


def _not_now(request: StaffRequest, receipt: Receipt) -> HttpResponse:
    """It is void already, or something came with it: back to it, with a word."""
    said = _("%(receipt)s is void.") if receipt.voided_at else _("Reverse what came with %(receipt)s first.")
    messages.info(request, said % {"receipt": receipt})
    return HttpResponseRedirect(_url(receipt))
