"""What is done with media: taken in, described, put into words, counted, taken back; and large files in pieces."""

from pyramid.config import Configurator

from portal.audit.services import Audit
from portal.jobs.services import Jobs
from portal.media.services.files import Files
from portal.media.services.library import MediaLibrary
from portal.media.services.uploads import NoSuchPlace, NoSuchUpload, Uploads
from portal.media.shares import Share
from portal.media.store import Store
from portal.media.terms import MEBIBYTE
from portal.ports.file_use import FileUse
from portal.ports.media_use import MediaUse

__all__ = ["Files", "MediaLibrary", "NoSuchPlace", "NoSuchUpload", "Uploads"]


def includeme(config: Configurator) -> None:
    settings = config.registry.portal_settings
    share = Share(settings.media_unfinished, settings.media_share_mib * MEBIBYTE)
    config.add_service(Files, lambda request: Files(request.db, request.find_service(Store), request.ask_all(FileUse)))
    config.add_service(
        MediaLibrary,
        lambda request: MediaLibrary(
            request.db,
            request.clock,
            request.find_service(Store),
            request.find_service(Jobs),
            request.find_service(Audit),
            request.find_service(Uploads),
            request.ask_all(MediaUse),
        ),
    )
    config.add_service(
        Uploads,
        lambda request: Uploads(
            request.db,
            request.clock,
            request.find_service(Store),
            request.find_service(Jobs),
            settings.data / "tmp",
            share,
        ),
    )
