"""The pages about sounds, pictures and videos: one's own, new ones, what is said in them; and what plays them."""

from portal.i18n import _
from portal.media.contexts import MediaContext
from portal.media.permissions import Library
from portal.media.terms import MEBIBYTE, MOST_BYTES
from portal.pages.media.schemas import DetailsSchema


def includeme(config) -> None:
    config.add_acts(values={"media.fields": {node.name: node.title for node in DetailsSchema().children}})
    config.add_route("library", "/library")
    config.add_route("library.new", "/library/new")
    config.add_route("library.media", "/library/{media}", factory=MediaContext)
    config.add_route("library.edit", "/library/{media}/edit", factory=MediaContext)
    config.add_route("library.transcripts", "/library/{media}/transcripts", factory=MediaContext)
    config.add_route("library.remove", "/library/{media}/remove", factory=MediaContext)
    config.add_route("library.original", "/library/{media}/original", factory=MediaContext)
    config.add_route("media.transcript", "/media/{media}/transcripts/{language}", factory=MediaContext)
    config.add_route("media.heard", "/media/{media}/heard")
    config.add_route("uploads", "/uploads")
    config.add_route("upload", "/uploads/{upload}")
    for path in ("/library/new", "/uploads/[^/]+", "/api/v1/media"):
        config.add_body_limit(path, MOST_BYTES + MEBIBYTE)
    config.add_account_link(
        _("My sounds, pictures and videos"),
        "library",
        Library.CONTRIBUTE,
        _("Record or send some, describe them, take them back."),
        "microphone",
    )
    config.scan("portal.pages.media")
