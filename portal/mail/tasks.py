"""Sending what is in the outbox, and forgetting what was sent long ago."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.jobs.tasks import GiveUp
from portal.mail.message import UnusableAddress, message
from portal.mail.models import OutgoingMail
from portal.mail.post import Undeliverable
from portal.mail.queries import letter_to_send

KEPT = timedelta(days=90)
"""How long letters are kept, as the privacy page says."""


def includeme(config) -> None:
    config.add_task("mail.send", send)
    config.add_task("mail.forget", forget, every=timedelta(days=1))


def send(request, mail_id: str) -> None:
    """Send a letter, once: a copy leaves twice only if we are killed in between, and has the same Message-ID.

    The letter is read in a transaction of its own, so that none is open while the mail server takes its time.
    """
    with Session(request.registry.reading_engine) as session:
        envelope = letter_to_send(session, UUID(mail_id))
    if envelope is None:
        return
    settings = request.registry.portal_settings
    try:
        made = message(envelope, sender=settings.mail_from, sender_name=request.city.name, host=settings.mail_host)
        request.registry.post.send(made)
    except (UnusableAddress, Undeliverable) as refused:
        raise GiveUp(str(refused)) from refused
    sent = update(OutgoingMail).where(OutgoingMail.id == envelope.id).values(sent_at=request.clock.now())
    request.db.execute(sent)


def forget(request) -> None:
    """Remove letters of more than 90 days ago."""
    old = OutgoingMail.created_at < request.clock.now() - KEPT
    request.db.execute(delete(OutgoingMail).where(old))
