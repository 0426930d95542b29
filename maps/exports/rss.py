"""For podcast players: RSS 2.0 with iTunes' and Podcasting 2.0's words. One trail is one series, a sound an episode.

Sources: RSS Advisory Board, RSS 2.0.11; Apple, «A Podcaster's Guide to RSS»; the podcast namespace (location,
transcript, license, medium, guid). Any such player then keeps the trail for when there is no network.

The trail in another language is a feed of its own, with an address and a guid of its own.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element

from maps.exports.export import Export, credit_line
from maps.exports.xml import add, add_said, degrees, written
from maps.queries.trails import ShownStop
from portal.licences import Licence
from portal.media.queries import ShownMedia
from portal.media.terms import MediaKind, Rendering, TranscriptForm

NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "xmlns:podcast": "https://podcastindex.org/namespace/1.0",
}
TRANSCRIPT_TYPES = {TranscriptForm.TEXT: "text/plain", TranscriptForm.WEBVTT: "text/vtt"}
CATEGORY, PART = "Society & Culture", "Places & Travel"
GUIDS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace in which every podcast's guid is made."""


def rss(export: Export) -> bytes:
    """Return the trail as a podcast, its episodes in walking order."""
    root = Element("rss", {"version": "2.0", **NAMESPACES})
    channel = add(root, "channel")
    _about(channel, export)
    for number, (stop, media) in enumerate(heard(export), 1):
        _episode(channel, stop, media, export, number)
    return written(root)


def heard(export: Export) -> Iterator[tuple[ShownStop, ShownMedia]]:
    """Yield every sound that a podcast player can play, in walking order."""
    for stop in export.trail.stops:
        for media in export.media_of(stop):
            if media.kind is MediaKind.AUDIO and any(one.rendering is Rendering.AAC for one in media.sources):
                yield stop, media


def podcast_guid(url: str) -> UUID:
    """Return the guid of the podcast whose feed is at ``url``: made of it, without scheme and slashes at its end."""
    return uuid5(GUIDS, url.partition("://")[2].rstrip("/"))


def _about(channel: Element, export: Export) -> None:
    own_url = _own_url(export)
    add(channel, "title", export.title)
    add(channel, "link", export.url)
    add(channel, "description", export.summary or export.title)
    add(channel, "language", export.language)
    add(channel, "copyright", f"{export.credits or export.site.name}, {export.licence.label}")
    add(channel, "lastBuildDate", format_datetime(export.trail.revised_at))
    add(channel, "atom:link", href=own_url, rel="self", type="application/rss+xml")
    add(channel, "itunes:author", export.credits or export.site.name)
    add(channel, "itunes:image", href=f"{export.url}.png")
    add(channel, "itunes:type", "serial")
    add(channel, "itunes:explicit", "false")
    add(add(channel, "itunes:category", text=CATEGORY), "itunes:category", text=PART)
    add(channel, "podcast:guid", str(podcast_guid(own_url)))
    add(channel, "podcast:medium", "podcast")
    _licence(channel, export.licence)
    if export.trail.stops:
        _location(channel, export.trail.stops[0], export)


def _own_url(export: Export) -> str:
    """Return the feed's address, with the language where it is not the trail's own."""
    url = f"{export.url}.rss"
    return url if export.language == export.trail.content.language else f"{url}?lang={export.language}"


def _episode(channel: Element, stop: ShownStop, media: ShownMedia, export: Export, number: int) -> None:
    item = add(channel, "item")
    file = next(one for one in media.sources if one.rendering is Rendering.AAC)
    add(item, "title", _title(stop, media, export))
    add(item, "link", export.url_of(stop))
    add(item, "description", _told(stop, media, export))
    add(item, "enclosure", url=export.site.url(file.path), length=str(file.size), type=file.media_type)
    add(item, "guid", f"urn:uuid:{uuid5(stop.id, str(media.id))}", isPermaLink="false")
    add(item, "pubDate", format_datetime(_published(export) + timedelta(seconds=number)))
    add(item, "itunes:episode", str(number))
    add(item, "itunes:episodeType", "full")
    if media.seconds:
        add(item, "itunes:duration", str(round(media.seconds)))
    for language, transcript in sorted((media.transcripts or {}).items()):
        kind = TRANSCRIPT_TYPES[transcript.form]
        add(item, "podcast:transcript", url=export.site.url(transcript.path), type=kind, language=language)
    _location(item, stop, export)
    _licence(item, media.licence)


def _title(stop: ShownStop, media: ShownMedia, export: Export) -> str:
    """Return the stop's name, and the sound's own where there are several."""
    name = export.name_of(stop)
    return f"{name}: {media.title}" if len(export.media_of(stop)) > 1 and media.title else name


def _told(stop: ShownStop, media: ShownMedia, export: Export) -> str:
    told = (export.of(stop.content.text), export.of(stop.content.directions), credit_line(media))
    return "\n\n".join(filter(None, told)) or export.name_of(stop)


def _published(export: Export) -> datetime:
    """Return when the series began: players that go by dates then keep the order of the stops, too."""
    return export.trail.published_at or export.trail.created_at


def _location(parent: Element, stop: ShownStop, export: Export) -> None:
    at = f"geo:{degrees(stop.content.latitude)},{degrees(stop.content.longitude)}"
    add_said(parent, "podcast:location", export.name_of(stop), geo=at)


def _licence(parent: Element, licence: Licence) -> None:
    add(parent, "podcast:license", licence.spdx.lower(), url=licence.url)
