"""Places on the ground, and the paths that begin there."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.places.models import Place, path, place


def at(session: Session, longitude: float = -4.4861, latitude: float = 48.3904, **given) -> Place:
    """Return a place in the middle of Brest, or at another position."""
    usual = {"name": "Place de la Liberté", "address": "", "quarter": "Centre"}
    found = place(**usual | given, longitude=longitude, latitude=latitude)
    session.add(found)
    session.flush()
    return found


def along(session: Session, positions: Sequence[Sequence[float]], **given) -> Place:
    """Return a place at the first of these positions, with the path through all of them."""
    found = at(session, *positions[0][:2], **given)
    found.path = path(positions)
    session.flush()
    return found
