"""The web shell every room's pages stand on: answers, form fields, lists, and what goes around each request."""

from plant.web.columns import Column
from plant.web.fields import (
    DayField,
    FormRenderer,
    MomentField,
    NoteField,
    OneOf,
    ReferenceField,
    SearchField,
    TextField,
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
    "OneOf",
    "People",
    "Readable",
    "ReferenceField",
    "SearchField",
    "SecurityHeaders",
    "StaffRequest",
    "TextField",
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
