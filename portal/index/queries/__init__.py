"""Reading the public index: what answers a question, what is where, what is new. Only what is visible, ever."""

from portal.index.queries.filtering import (
    WHEELCHAIR,
    Filter,
    changed_at,
    conditions,
    crossing,
    crossing_paths,
    edges,
    facets,
    version,
    versions,
    within,
)
from portal.index.queries.lists import Answer, addresses, filtered, latest, listing, search, size
from portal.index.queries.located import Shape, hits, located
from portal.index.queries.questions import matching, terms

__all__ = [
    "WHEELCHAIR",
    "Answer",
    "Filter",
    "Shape",
    "addresses",
    "changed_at",
    "conditions",
    "crossing",
    "crossing_paths",
    "edges",
    "facets",
    "filtered",
    "hits",
    "latest",
    "listing",
    "located",
    "matching",
    "search",
    "size",
    "terms",
    "version",
    "versions",
    "within",
]
