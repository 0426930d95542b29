"""Where the kernel's part of the API is."""

from portal.media.contexts import MediaContext


def includeme(config) -> None:
    config.add_route("api.description", "/api/v1/openapi.json")
    config.add_route("api.docs", "/api/docs")
    config.add_route("api.me", "/api/v1/me")
    config.add_route("api.licences", "/api/v1/licences")
    config.add_route("api.media", "/api/v1/media")
    config.add_route("api.one_media", "/api/v1/media/{media}", factory=MediaContext)
    config.add_route("api.transcripts", "/api/v1/media/{media}/transcripts", factory=MediaContext)
    config.add_route("api.search", "/api/v1/search")
    config.add_route("api.flags", "/api/v1/flags")
    config.add_route("api.moderation", "/api/v1/moderation/{kind}/{id}/{act}")
