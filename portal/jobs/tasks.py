"""Which kinds of work there are: ``config.add_task("mail.send", send)``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


class GiveUp(Exception):
    """Raised by a task that knows that trying again cannot help; the message is for administrators."""


@dataclass(frozen=True, slots=True)
class Task:
    """How jobs of ``kind`` are done: ``function(request, **payload)``, at ``every`` turn when it is periodic.

    ``heavy`` work may take minutes, and there is always a worker that leaves it to others. ``given_up(request,
    **payload)`` is what follows when a job failed for good, in the transaction that says so.

    The function's changes and the job's end are one transaction, begun by its first statement: a function that talks to
    the outside world reads, talks, and only then writes, so that nobody waits for the outside world.
    """

    kind: str
    function: Callable[..., object]
    every: timedelta | None = None
    heavy: bool = False
    given_up: Callable[..., object] | None = None


def includeme(config) -> None:
    config.registry.tasks = {}
    config.add_directive("add_task", add_task)


def add_task(
    config,
    kind: str,
    function: Callable[..., object],
    every: timedelta | None = None,
    *,
    heavy: bool = False,
    given_up: Callable[..., object] | None = None,
) -> None:
    """Say how jobs of ``kind`` are done. With ``every``, one is due at each turn, counted from midnight UTC."""
    config.registry.tasks[kind] = Task(kind, function, every, heavy, given_up)
