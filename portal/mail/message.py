"""A letter as the message that leaves: headers that nobody can inject into, a text part, a calendar part."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID


class UnusableAddress(ValueError):
    """Mail cannot be sent to an address written like this."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter as it is kept, with the name of the person it is for (empty when it is for a mere address)."""

    id: UUID
    to: str
    name: str
    language: str
    subject: str
    text: str
    calendar: str | None
    created_at: datetime


def message(envelope: Envelope, *, sender: str, sender_name: str, host: str) -> EmailMessage:
    """Return the message. Made again, it has the same Message-ID and Date: a second copy is known for what it is.

    Raises :class:`UnusableAddress`.
    """
    made = EmailMessage(policy=SMTP)
    made["From"] = address(sender, sender_name)
    made["To"] = address(envelope.to, envelope.name)
    made["Subject"] = one_line(envelope.subject)
    made["Date"] = envelope.created_at
    made["Message-ID"] = f"<{envelope.id}@{in_ascii(host)}>"
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = envelope.language
    made.set_content(envelope.text, cte="quoted-printable")
    if envelope.calendar is not None:
        made.add_attachment(
            envelope.calendar.encode(),
            maintype="text",
            subtype="calendar",
            filename="agenda.ics",
            params={"charset": "utf-8", "method": _method(envelope.calendar)},
        )
    return made


def address(written: str, name: str) -> Address:
    """Return an address for a header, its domain in ASCII. Raises :class:`UnusableAddress`."""
    local, _at, domain = written.rpartition("@")
    try:
        return Address(one_line(name), addr_spec=f"{local}@{in_ascii(domain)}")
    except (ValueError, IndexError, MessageError) as wrong:
        raise UnusableAddress("mail cannot be sent to an address written like this") from wrong


def in_ascii(domain: str) -> str:
    """Return an international domain name as mail servers know it. Raises ``UnicodeError`` when it is none."""
    return domain.encode("idna").decode("ascii")


def one_line(text: str) -> str:
    """Return the text on one line, without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _method(calendar: str) -> str:
    found = re.search(r"^METHOD:([A-Z]+)\s*$", calendar, re.MULTILINE)
    return found[1] if found else "PUBLISH"
