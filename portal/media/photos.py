"""Photos on pages: kept once, and where their renderings are served."""

from portal.media.images import Photo, file_name
from portal.media.services.files import Files
from portal.media.store import Store, opened


class Photos:
    """Keeps what people send as photos."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def keep(self, taken: Photo) -> str:
        """Keep a photo in all its sizes and return its key."""
        for name, encoded in sorted(taken.files.items()):
            self._files.keep(name, encoded)
        return taken.key


def photo_url(request, key: str | None, size: str = "medium") -> str | None:
    """Return where a rendering of a photo (small, medium, large) is served; None where there is no photo."""
    return request.route_path("media", name=file_name(key, size)) if key else None


def includeme(config) -> None:
    settings = config.registry.portal_settings
    store = config.registry.media_store = opened(settings.data, settings.media_url)
    config.add_service(Store, lambda _request: store)
    config.add_service(Photos, lambda request: Photos(request.find_service(Files)))
    config.add_request_method(photo_url)
