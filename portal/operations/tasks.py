"""What is done after a restore: forgetting again what was forgotten before it."""

from uuid import UUID

from portal.media.models import Media
from portal.media.services import MediaLibrary
from portal.people.models import Person
from portal.people.services import Erasure


def includeme(config) -> None:
    config.add_task("operations.erase_again", erase_again)
    config.add_task("operations.remove_again", remove_again)


def erase_again(request, person_id: str) -> None:
    """Erase somebody who came back with a backup."""
    person = request.db.get(Person, UUID(person_id))
    if person is not None and person.erased_at is None:
        request.find_service(Erasure).erase_again(person.id)


def remove_again(request, media_id: str) -> None:
    """Take a media back that came back with a backup."""
    media = request.db.get(Media, UUID(media_id))
    if media is not None:
        request.find_service(MediaLibrary).remove(media)
