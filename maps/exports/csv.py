"""For spreadsheets: the stops in walking order, and anything public, one to a line."""

from collections.abc import Iterable, Iterator

from maps.exports.export import Export, Site, credit_line
from maps.queries.exporting import Listed
from portal.i18n import in_language
from portal.spreadsheets import csv_chunks

STOP_COLUMNS = (
    "label",
    "title",
    "latitude",
    "longitude",
    "radius_m",
    "along_m",
    "optional",
    "text",
    "directions",
    "seconds",
    "sounds",
    "credits",
    "url",
    "licence",
)
LISTED_COLUMNS = (
    "kind",
    "title",
    "latitude",
    "longitude",
    "summary",
    "theme",
    "access",
    "licence",
    "updated_at",
    "url",
)


def csv(export: Export) -> bytes:
    """Return the stops as a table in UTF-8."""
    return b"".join(csv_chunks(STOP_COLUMNS, _stops(export), mark=True))


def listed_csv(things: Iterable[Listed], language: str, site: Site) -> bytes:
    """Return things as a table in UTF-8, their texts in ``language`` where they are there."""
    rows = (
        (
            row.kind,
            in_language(row.title, language)[0],
            row.latitude,
            row.longitude,
            in_language(row.summary, language)[0],
            row.theme,
            row.access,
            row.licence,
            row.updated_at.isoformat(),
            site.url(row.path),
        )
        for row in things
    )
    return b"".join(csv_chunks(LISTED_COLUMNS, rows, mark=True))


def _stops(export: Export) -> Iterator[tuple[object, ...]]:
    for stop in export.trail.stops:
        content, media = stop.content, export.media_of(stop)
        yield (
            stop.label,
            export.of(content.title),
            content.latitude,
            content.longitude,
            content.radius,
            round(stop.along),
            int(content.optional),
            export.of(content.text),
            export.of(content.directions),
            round(stop.seconds),
            " ".join(export.site.url(one.sources[0].path) for one in media if one.sources),
            "; ".join(map(credit_line, media)),
            export.url_of(stop),
            export.licence.spdx,
        )
