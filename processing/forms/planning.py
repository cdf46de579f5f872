"""What is asked of a batch as a whole: which ones are shown, a new one, and the steps from state to state."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.forms import PercentField
from plant.inventory.forms import CodedChoice, Filters, ReasonField, ask_when, said, sentence
from plant.inventory.models import Chemistry, Grade
from plant.models import Party, Site
from plant.web import DayField, NoteField, OneOf
from processing.models import Batch, BatchState, Line, RecipeVersion


class BatchFilters(Filters):
    state = OneOf(label=_("State"), required=False, choices=(("", _("Any")), *BatchState.choices))
    line = CodedChoice(Line.objects.all(), label=_("Line"), required=False, empty_label=_("Any"))
    grade = CodedChoice(Grade.objects.all(), label=_("Grade"), required=False, empty_label=_("Any"))
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)


class RecipeField(CodedChoice):
    """The current version of a recipe that runs on the chosen line, chosen by the recipe's code."""

    def __init__(self, versions: Any, **kwargs: Any) -> None:
        super().__init__(versions, **kwargs)
        self.to_field_name = "recipe__code"

    def prepare_value(self, value: Any) -> Any:
        return value.recipe.code if isinstance(value, RecipeVersion) else value

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.recipe.name)


class NewBatchForm(forms.Form):
    """A batch is planned: line first, then only what fits it."""

    def __init__(self, data: Any = None, *, site: Site, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        lines = Line.objects.on_site(site).filter(is_active=True)
        self.line = lines.filter(code=said(self, "line")).first()
        self.fields["line"] = CodedChoice(
            lines,
            label=_("Line"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=sentence(_("Choose the line it runs on.")),
        )
        if self.line is not None:
            self._ask_what(site, self.line)
            self._ask_of(site)

    def _ask_what(self, site: Site, line: Line) -> None:
        """The recipes that run on the line, and what they make."""
        self.fields["recipe_version"] = RecipeField(
            RecipeVersion.objects.filter(lines=line, is_current=True).select_related("recipe").order_by("recipe__code"),
            label=_("Recipe"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=sentence(_("Choose how it is processed.")),
        )
        self.fields["grade"] = CodedChoice(
            Grade.objects.filter(site=site),
            label=_("Product grade"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=sentence(_("Choose what it makes.")),
        )

    def _ask_of(self, site: Site) -> None:
        """What it is made of: chemistries of the chosen grade's pool (RULE-5), and one owner."""
        grade = Grade.objects.filter(site=site, code=said(self, "grade")).first()
        chemistries = Chemistry.objects.filter(site=site)
        self.fields["chemistry"] = CodedChoice(
            chemistries.filter(pool=grade.pool) if grade else chemistries,
            label=_("Chemistry"),
            empty_label=_("Choose a chemistry"),
            error_messages=sentence(_("Choose the chemistry that is charged.")),
        )
        self.fields["owner"] = CodedChoice(
            Party.objects.owners().filter(site=site, is_active=True),
            label=_("Owner of the material"),
            empty_label=_("Choose the owner"),
            error_messages=sentence(_("Choose whose material it is.")),
        )
        self.fields["note"] = NoteField(required=False)


class OpenForm(forms.Form):
    def __init__(self, data: Any = None, *, batch: Batch) -> None:
        super().__init__(data)
        ask_when(self, batch.site)


class WhyForm(forms.Form):
    """A step that says why."""

    reason = ReasonField(label=_("Why"))


class NothingForm(forms.Form):
    """A step that asks nothing."""


class BlendForm(forms.Form):
    """A supervisor's blend approval (RULE-4)."""

    reason = ReasonField(label=_("Why it is let in"))
    largest_share_ratio = PercentField(
        label=_("At most this share of the charge"), error_messages=sentence(_("Type the largest share, such as 10."))
    )
