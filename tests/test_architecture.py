"""The house stays in order: what one can see without running it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, DecimalField, UniqueConstraint

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("plant", "intake", "processing", "shipments")
OURS = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]
DOMAIN = [model for model in OURS if not model.__name__.endswith("Event")]


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def names(paths: Iterator[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_the_top_level_is_what_the_customer_fixed():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert packages == {"plant", "intake", "processing", "shipments"}
    for name in ("manage.py", "pyproject.toml", "templates", "docker-compose.yml", "tests"):
        assert (ROOT / name).exists()


def test_no_module_is_longer_than_400_lines():
    assert [name for name in names(modules()) if len((ROOT / name).read_text().splitlines()) > 400] == []


def test_no_module_is_named_for_nothing():
    nothing = {"utils", "helpers", "common", "core", "managers", "constants", "misc"}

    assert [name for name in names(modules()) if Path(name).stem in nothing] == []


WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
WRITERS = re.compile(
    r"(services|facts|ledger|weighing|master_data|services/\w+|runner|marks|once|access|demo/\w+|keys|throttle"
    r"|repacking|together|counts|count_posting|months|corrections|papers|withdrawing)\.py$"
)


def writes(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            yield node.lineno


def test_only_services_and_facts_write():
    found = {
        f"{name}:{line}"
        for name in names(modules())
        if not WRITERS.search(name) and "management" not in name
        for line in writes(ast.parse((ROOT / name).read_text()))
    }

    assert found == set()


def test_an_existing_row_is_saved_field_by_field():
    bare = [
        f"{name}:{node.lineno}"
        for name in names(modules())
        for node in ast.walk(ast.parse((ROOT / name).read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save"
        and not {keyword.arg for keyword in node.keywords} & {"update_fields", "force_insert"}
    ]

    assert bare == []


def mass_fields() -> list[DecimalField]:
    return [
        field
        for model in DOMAIN
        for field in model._meta.get_fields()
        if isinstance(field, DecimalField) and (field.name == "kg" or field.name.endswith("_kg"))
    ]


@pytest.mark.parametrize("field", mass_fields(), ids=str)
def test_every_mass_is_kilograms_to_the_gram(field):
    assert (field.max_digits, field.decimal_places) == (12, 3)


def test_no_float_is_stored():
    assert [field for model in OURS for field in model._meta.get_fields() if isinstance(field, models.FloatField)] == []


def constraints() -> list[CheckConstraint | UniqueConstraint]:
    return [constraint for model in DOMAIN for constraint in model._meta.constraints]


@pytest.mark.parametrize("constraint", constraints(), ids=lambda constraint: constraint.name)
def test_every_constraint_has_a_sentence_and_the_name_of_its_table(constraint):
    assert constraint.violation_error_message != constraint.default_violation_error_message
    assert constraint.violation_error_message.endswith(".")
    assert any(constraint.name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_") for model in DOMAIN)


def test_who_and_when_are_stored_together():
    alone = [
        f"{model.__name__}.{field.name}"
        for model in DOMAIN
        for field in model._meta.get_fields()
        if field.name.endswith("_by")
        and field.concrete
        and field.name not in ("created_by", "added_by", "reversed_by")
        and field.name.removesuffix("_by") + "_at" not in {other.name for other in model._meta.get_fields()}
    ]

    assert alone == []


def test_no_foreign_key_takes_rows_with_it():
    cascading = [
        f"{model.__name__}.{field.name}"
        for model in DOMAIN
        for field in model._meta.get_fields()
        if field.many_to_one and field.concrete and field.remote_field.on_delete is not models.PROTECT
    ]

    assert cascading == []
