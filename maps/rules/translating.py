"""In which languages a trail can be followed."""

from maps.terms import TrailContent


def languages(content: TrailContent) -> frozenset[str]:
    """Return the languages in which a trail can be followed: its title and everything its stops say is in them."""
    spoken = frozenset(content.title)
    for stop in content.stops:
        for texts in (stop.title, stop.text, stop.directions):
            if texts:
                spoken &= frozenset(texts)
    return spoken
