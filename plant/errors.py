"""What a refusal is: a sentence that tells a person what to do next."""

from django.apps import apps
from django.db import IntegrityError


class DomainError(Exception):
    """A refusal. `message` is shown as it is, `field` names the form field it stands at (None: the whole form)."""

    code = "refused"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint (or trigger's constraint) that PostgreSQL says was violated, or ""."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def sentences() -> dict[str, str]:
    """Constraint name to the sentence a person is shown: CHECKs and uniques say it in their model's Meta,
    states and append-only in their trigger."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            found[constraint.name] = str(constraint.violation_error_message)
        for trigger in getattr(model._meta, "triggers", []):
            if sentence := getattr(trigger, "sentence", None):
                found[trigger.constraint] = sentence
    return found


def explain(error: IntegrityError) -> DomainError | None:
    """The refusal behind a violated constraint, or None where there is no sentence (then it is a bug: stay loud)."""
    sentence = sentences().get(constraint_of(error))
    return DomainError(sentence) if sentence else None
