"""The drill `double-submit`: one form is sent four times at once, by a double press, a retry and an impatient proxy."""

import uuid
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any

from plant.management.drilling.crowd import Crowd
from plant.management.drilling.ground import Outcome, Task
from plant.management.drilling.load import Answer, Browser, Dock

POSTS = 4
ON_ONE_RECEIPT = 50


def double_submit(task: Task) -> Outcome:
    """500 forms are sent 4 times each at the same instant: one record each, four equal answers; the same key with other
    words is refused.

    Control: the form has no key of its own, so each sending has another.
    """
    works = import_module("bench.batches").works()
    tablet = Browser(task.plant.address)
    tablet.log_in("operator", works.PASSWORD)
    dock = Dock(tablet)

    def presser(_number: int) -> Callable[..., Answer]:
        browser = Browser(tablet.address, tablet.cookies)

        def press(key: str, seal: str, net_kg: str, path: str, fields: dict[str, list[str]]) -> Answer:
            mine = str(uuid.uuid4()) if task.control else key
            browser.hang_up()  # a line that was idle may be closed by now, and a form is not sent on it twice
            return browser.post(path, {**fields, "once": [mine], "seal": [seal], "net": [net_kg]})

        return press

    ends: Counter[str] = Counter()
    with Crowd(POSTS, presser) as crowd:
        for number in range(task.rounds):
            if number % ON_ONE_RECEIPT == 0:
                dock.book()
            key, seal = str(uuid.uuid4()), f"{number:06d}-{uuid.uuid4().hex[:8]}"
            answers = crowd.at_once(*[(key, seal, "500", dock.path, dock.fields)] * POSTS)
            [other] = crowd.at_once((key, seal, "501", dock.path, dock.fields))
            ends[judged(seal, answers, other)] += 1
    figures = f"{ends['']:,} of {task.rounds:,} forms sent {POSTS} times at once: one record, {POSTS} equal answers"
    return Outcome(
        f"{figures}; with other words refused", tuple(f"{count:,} forms {what}" for what, count in ends.items() if what)
    )


def judged(seal: str, answers: list[Answer], other: Answer) -> str:
    """What is wrong with how a form ended, or nothing."""
    containers: Any = import_module("plant.inventory.models").Container.objects.filter(seal=seal)
    count = containers.count()
    if count != 1:
        return f"left {count} records"
    if {answer.status for answer in answers} != {303} or len({answer.location for answer in answers}) != 1:
        return f"were answered {sorted({(answer.status, answer.location) for answer in answers})}"
    if other.status != 422 or "other content" not in other.sentence:
        return f"were answered {other.status} with other words: {other.sentence}"
    return ""
