"""What a state machine is: one table, which also makes the database trigger and the diagram in `docs/states.md`."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import pgtrigger
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from plant.errors import DomainError

S = TypeVar("S", bound=TextChoices)


class InvalidTransition(DomainError):
    code = "invalid_transition"


class Transitions(Generic[S]):
    """Which state may follow which. The table is the only place that says so; the first row is where all begins."""

    def __init__(self, table: Mapping[S, set[S]]) -> None:
        first = next(iter(table))
        if missing := set(type(first)) - set(table):
            raise ValueError(f"states without a row: {sorted(missing)}")
        self.table = table
        self.first = first

    def allows(self, current: str, to: S) -> bool:
        return to in self.table[type(self.first)(current)]

    def check(self, current: str, to: S) -> None:
        """Raises `InvalidTransition` with a sentence where `to` may not follow `current`."""
        now = type(self.first)(current)
        if to not in self.table[now]:
            raise InvalidTransition(
                _("%(now)s cannot become %(to)s. Load the page again to see what is possible.")
                % {"now": now.label, "to": to.label.lower()}
            )

    def mermaid(self) -> str:
        """The table as a mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.first.value}"]
        for state, following in self.table.items():
            lines += [f"    {state.value} --> {to.value}" for to in type(state) if to in following]
            if not following:
                lines.append(f"    {state.value} --> [*]")
        return "\n".join(lines)


class GuardTrigger(pgtrigger.Trigger):
    """A trigger that refuses with a constraint name, so that it has a sentence as a CHECK has."""

    constraint: str
    sentence: str

    def __init__(self, *, constraint: str, sentence: str, **kwargs: Any) -> None:
        self.constraint = constraint
        self.sentence = sentence
        super().__init__(**kwargs)


def _refuse(constraint: str, what: str) -> str:
    return f"RAISE EXCEPTION '{what}' USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';"


def transition_trigger(table: str, field: str, transitions: Transitions[Any]) -> GuardTrigger:
    """Refuses, even to raw SQL, a row that does not begin at the first state or a change the table does not allow."""
    constraint = f"{table}_{field}_transition"
    pairs = [
        f"(OLD.{field} = '{now.value}' AND NEW.{field} = '{to.value}')"
        for now, following in transitions.table.items()
        for to in type(now)
        if to in following
    ]
    allowed = " OR ".join(pairs) or "FALSE"
    return GuardTrigger(
        name=f"{field}_transition",
        constraint=constraint,
        sentence="Its state has changed meanwhile. Load the page again to see what is possible.",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(field),
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.{field} <> '{transitions.first.value}' THEN {_refuse(constraint, "begins elsewhere")} END IF;
            ELSIF NEW.{field} <> OLD.{field} AND NOT ({allowed}) THEN
                {_refuse(constraint, "not a transition")}
            END IF;
            RETURN NEW;
        """,
    )


def append_only(table: str) -> list[GuardTrigger]:
    """Refuses every UPDATE, DELETE and TRUNCATE of the table, whoever asks."""
    constraint = f"{table}_append_only"
    sentence = "What is posted stays. Reverse it with a reason and enter it again."
    return [
        GuardTrigger(
            name="append_only",
            constraint=constraint,
            sentence=sentence,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=_refuse(constraint, "posted rows stay"),
        ),
        GuardTrigger(
            name="no_truncate",
            constraint=constraint,
            sentence=sentence,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=_refuse(constraint, "posted rows stay"),
        ),
    ]


def frozen(table: str, field: str) -> GuardTrigger:
    """Refuses a change of one column after the row was made."""
    constraint = f"{table}_{field}_frozen"
    return GuardTrigger(
        name=f"{field}_frozen",
        constraint=constraint,
        sentence="This cannot change after it was made. Make a new one instead.",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(field),
        condition=pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")}),
        func=_refuse(constraint, "never changes"),
    )
