"""The web shell every room's pages stand on: answers, form fields, lists, and what goes around each request."""

from plant.web.columns import Column
from plant.web.fields import (
    DayField,
    FormRenderer,
    MomentField,
    NoteField,
    ReferenceField,
    SearchField,
    UnitField,
    WeightField,
)
from plant.web.lists import listing
from plant.web.middleware import People, Readable, SecurityHeaders, frame
from plant.web.page import NotFound, StaffRequest, go, kept, now, page, wants_partial

__all__ = [
    "Column",
    "DayField",
    "FormRenderer",
    "MomentField",
    "NotFound",
    "NoteField",
    "People",
    "Readable",
    "ReferenceField",
    "SearchField",
    "SecurityHeaders",
    "StaffRequest",
    "UnitField",
    "WeightField",
    "frame",
    "go",
    "kept",
    "listing",
    "now",
    "page",
    "wants_partial",
]
