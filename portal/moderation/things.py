"""What things are called and where their pages are, as those who answer for them say."""

from collections.abc import Iterable

from portal.moderation.queries import Thing
from portal.ports.moderation import Moderated, Subject


def kinds(request) -> dict[str, str]:
    """Return the kinds of things that can be flagged and moderated, each with its name for the reader."""
    return {kind: name for owner in request.ask_all(Moderated) for kind, name in owner.kinds().items()}


def subjects(request, things: Iterable[Thing]) -> dict[Thing, Subject]:
    """Return what is known of each thing, without those that nobody knows any more; one question for each kind."""
    wanted = set(things)
    found: dict[Thing, Subject] = {}
    for owner in request.ask_all(Moderated):
        for kind in owner.kinds().keys() & {kind for kind, _id in wanted}:
            ids = sorted(id_ for one, id_ in wanted if one == kind)
            found |= {(kind, id_): subject for id_, subject in owner.subjects(kind, ids).items()}
    return found
