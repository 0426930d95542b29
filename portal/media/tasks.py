"""The work on media that nobody waits for: preparing what was received, removing what is needed no more."""

from datetime import timedelta
from uuid import UUID

from portal.media.services import Files, Uploads
from portal.media.services.preparing import FORGOTTEN_AFTER, Conclusions, Preparing
from portal.media.store import Store
from portal.ports.media_use import MediaUse


def includeme(config) -> None:
    config.add_task("media.prepare", prepare, heavy=True, given_up=give_up)
    config.add_task("media.let_go", remove_files)
    config.add_task("media.forget_pieces", forget_pieces)
    config.add_task("media.tidy", tidy, every=timedelta(hours=1))


def prepare(request, media_id: str) -> None:
    """Prepare a media. What its file is to blame for is final; what it is not is raised, and tried again later."""
    registry, store = request.registry, request.find_service(Store)
    work = Preparing(registry.engine, registry.clock, store, registry.portal_settings.data / "tmp")

    def conclude(outcome, folder) -> None:
        users = request.ask_all(MediaUse)
        conclusions = Conclusions(request.db, registry.clock, store, users)
        if not conclusions.conclude(UUID(media_id), outcome, folder):
            request.find_service(Files).let_go(name for _made, name, _size in outcome.names)

    work.do(UUID(media_id), conclude)


def give_up(request, media_id: str) -> None:
    """Say of a media that it could not be prepared, when that was tried often enough."""
    Conclusions(request.db, request.registry.clock, request.find_service(Store)).give_up(UUID(media_id))


def remove_files(request, names: list[str]) -> None:
    """Remove files of media that were taken back, unless others are of the same."""
    request.find_service(Files).let_go(names)


def forget_pieces(request, upload_id: str) -> None:
    request.find_service(Store).forget_pieces(UUID(upload_id))


def tidy(request) -> None:
    """Forget uploads that nobody finished, files that nobody names, and what was left half written by the killed."""
    now = request.registry.clock.now()
    request.find_service(Store).tidy(now - FORGOTTEN_AFTER)
    request.find_service(Files).sweep(now)
    request.find_service(Uploads).forget_late()
