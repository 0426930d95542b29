"""In what state a thing is once it is back, and what is noted of it."""

from collections.abc import Iterable

from equipment_lending.terms import Condition


def condition_after(said: Condition, missing: Iterable[str]) -> Condition:
    """Return the condition of what is back and ``said`` to be so: without all its parts incomplete, if not worse."""
    return Condition.INCOMPLETE if any(missing) and said is not Condition.DAMAGED else said


def noted(missing: Iterable[str], note: str | None) -> str | None:
    """Return what is noted of a thing: the parts it lacks and what was said of it; None where there is nothing."""
    return "; ".join(word.strip() for word in (*missing, note or "") if word.strip()) or None
