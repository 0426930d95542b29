"""How acts add up: hidden and restored as often as need be, removed once and for good."""

from collections.abc import Iterable

from portal.moderation.terms import Act, Standing

AFTER: dict[tuple[Standing, Act], Standing] = {
    (Standing.VISIBLE, Act.HIDE): Standing.HIDDEN,
    (Standing.VISIBLE, Act.REMOVE): Standing.REMOVED,
    (Standing.HIDDEN, Act.RESTORE): Standing.VISIBLE,
    (Standing.HIDDEN, Act.REMOVE): Standing.REMOVED,
}
"""Where an act leaves a thing. What is not here would change nothing, or would come after a removal."""


def after(standing: Standing, act: Act) -> Standing | None:
    """Return where ``act`` leaves a thing that stands at ``standing``; None when it cannot be done."""
    return AFTER.get((standing, act))


def standing_after(acts: Iterable[Act]) -> Standing:
    """Return where acts, in their order, leave a thing. One that could not be done counts for nothing."""
    standing = Standing.VISIBLE
    for act in acts:
        standing = after(standing, act) or standing
    return standing


def possible(standing: Standing) -> tuple[Act, ...]:
    """Return what can be done to a thing, in the order in which it is offered."""
    return tuple(act for act in Act if after(standing, act) is not None)
