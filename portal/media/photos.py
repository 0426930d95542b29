"""Photos on pages: kept once, and where their renderings are served."""

from typing import BinaryIO

from portal.media.images import UnusablePhoto, file_name, photo
from portal.media.store import Store, opened

__all__ = ["Photos", "UnusablePhoto"]


class Photos:
    """Keeps what people send as photos."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, content: BinaryIO) -> str:
        """Keep a photo in all its sizes and return its key. Raises :class:`UnusablePhoto`, nothing kept."""
        taken = photo(content)
        for name, encoded in taken.files.items():
            self._store.put(name, encoded)
        return taken.key


def photo_url(request, key: str | None, size: str = "medium") -> str | None:
    """Return where a rendering of a photo (small, medium, large) is served; None where there is no photo."""
    return request.route_path("media", name=file_name(key, size)) if key else None


def includeme(config) -> None:
    settings = config.registry.portal_settings
    store = config.registry.media_store = opened(settings.data, settings.media_url)
    config.add_service(Store, lambda _request: store)
    config.add_service(Photos, lambda _request: Photos(store))
    config.add_request_method(photo_url)
