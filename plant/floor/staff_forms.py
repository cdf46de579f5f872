"""What is typed about a person: who they are and what they do here, their badge and PIN, their password."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.validators import RegexValidator
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from plant.access import PIN
from plant.models import Party, Role, Site, User
from plant.web import OneOf, SearchField, TextField

NOT_LOGINS = {"new"}
"""An address of ours stands where the login would."""


def _secret(**kwargs: Any) -> forms.CharField:
    """What nobody sees: typed anew whenever the form comes back."""
    attrs = {"autocomplete": "new-password", **kwargs.pop("attrs", {})}
    return forms.CharField(strip=False, widget=forms.PasswordInput(attrs=attrs), **kwargs)


def _password() -> forms.CharField:
    sentences = {"required": _("Type a password."), "max_length": _("At most 200 characters. Shorten it.")}
    rule = lazystr(" ".join(password_validators_help_texts()))
    return _secret(
        label=_("New password"),
        max_length=200,
        help_text=rule,
        error_messages=sentences,
        validators=[validate_password],
    )


def _pin(help_text: Any) -> forms.CharField:
    return _secret(
        label=_("New PIN"),
        max_length=20,
        required=False,
        help_text=help_text,
        validators=[RegexValidator(PIN, _("A PIN has 4 to 6 digits. Type only digits."))],
        attrs={"inputmode": "numeric"},
    )


def _badge() -> forms.CharField:
    return TextField(
        label=_("Badge"),
        max_length=40,
        required=False,
        help_text=_("What its bar code holds. Scan it, or type 4 to 40 letters, digits and hyphens."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )


class PeopleFilters(forms.Form):
    q = SearchField()
    role = OneOf(label=_("Role"), required=False, choices=[("", _("Any")), *Role.choices])
    access = OneOf(label=_("Access"), required=False, choices=[("", _("Any")), ("yes", _("Yes")), ("no", _("No"))])


class PersonForm(forms.Form):
    """Who it is and what they do here; its names are the keywords of `change_user`."""

    name = TextField(label=_("Name"), max_length=120)
    role = OneOf(label=_("Role"), choices=Role.choices)
    party = OneOf(
        label=_("Partner"), required=False, help_text=_("The company of a partner's person. Staff have none.")
    )
    language = OneOf(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = Party.objects.filter(site=site, is_active=True).order_by("name")
        self.parties = {party.code: party for party in parties}
        choices = [("", _("None")), *((code, party.name) for code, party in self.parties.items())]
        self.fields["party"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        is_partner = typed.get("role") == Role.PARTNER
        typed["party"] = self.parties.get(typed.get("party", "")) if is_partner else None
        if is_partner and typed["party"] is None and "party" not in self.errors:
            self.add_error("party", _("Choose the company this person is of."))
        return typed


class NewPersonForm(PersonForm):
    """A new login; its names but the PIN are the keywords of `create_user`."""

    username = TextField(
        label=_("Login"),
        max_length=60,
        help_text=_("Small letters, digits, dots and hyphens, such as operator.3. It stays as it is."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
        validators=[RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9.-]*\Z", _("Only letters, digits, dots and hyphens."))],
    )
    password = _password()
    badge = _badge()
    pin = _pin(_("4 to 6 digits, to take over a station's terminal. Who works at a desk only needs none."))
    field_order = ("name", "username", "role", "party", "password", "language", "badge", "pin")

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).lower()
        if username in NOT_LOGINS:
            raise forms.ValidationError(_("This login is taken. Choose another one."))
        return username


class BadgeForm(forms.Form):
    """How a person says who they are at a station's terminal, and proves it."""

    badge = _badge()
    pin = _pin(_("4 to 6 digits. Leave it empty to keep the one there is."))

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, auto_id="badge-%s", initial={"badge": person.badge})
        if not person.pin:
            self.fields["pin"].help_text = _("4 to 6 digits. There is none yet.")


class PasswordForm(forms.Form):
    password = _password()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="password-%s")
