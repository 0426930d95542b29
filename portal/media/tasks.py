"""The work on media that nobody waits for: preparing what was received, removing what is needed no more."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from portal.jobs.queue import LostLease
from portal.jobs.services import Jobs
from portal.logs import described
from portal.media.services import Uploads
from portal.media.services.files import let_go
from portal.media.services.preparing import FORGOTTEN_AFTER, Conclusions, Preparing
from portal.media.store import Store
from portal.ports.media_use import MediaUse

PAUSE = timedelta(seconds=30)


def includeme(config) -> None:
    config.add_task("media.prepare", prepare)
    config.add_task("media.let_go", remove_files)
    config.add_task("media.forget_pieces", forget_pieces)
    config.add_task("media.tidy", tidy, every=timedelta(hours=1))


def prepare(request, media_id: str, again: bool = False) -> None:
    """Prepare a media. What its file is to blame for is final; what it is not is tried once more, then given up."""
    registry, number = request.registry, UUID(media_id)
    store = request.find_service(Store)
    work = Preparing(registry.engine, registry.clock, store, registry.portal_settings.data / "tmp")

    def conclude(outcome, folder) -> None:
        users = request.ask_all(MediaUse)
        Conclusions(request.db, registry.clock, store, users).conclude(number, outcome, folder)

    try:
        work.do(number, conclude)
    except (DBAPIError, LostLease):  # the worker knows what to do about the database
        raise
    except Exception as error:
        structlog.get_logger("portal.media").error("media failed", media=media_id, error=described(error))
        if again:
            Conclusions(request.db, registry.clock, store).give_up(number)
        else:
            later = registry.clock.now() + PAUSE
            request.find_service(Jobs).add("media.prepare", {"media_id": media_id, "again": True}, run_at=later)


def remove_files(request, names: list[str]) -> None:
    """Remove files of media that were taken back, unless others are of the same."""
    let_go(request.db, request.find_service(Store), names)


def forget_pieces(request, upload_id: str) -> None:
    request.find_service(Store).forget_pieces(UUID(upload_id))


def tidy(request) -> None:
    """Forget uploads that nobody finished, and what was left half written by whoever was killed."""
    request.find_service(Uploads).forget_late()
    request.find_service(Store).tidy(request.registry.clock.now() - FORGOTTEN_AFTER)
