"""How messages leave: over SMTP, or into a folder while one develops."""

import os
import ssl
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTP, SMTP_SSL, SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from tempfile import NamedTemporaryFile
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portal.mail.message import in_ascii
from portal.settings import Settings

TIMEOUT_SECONDS = 30
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Undeliverable(Exception):
    """The server refuses this message for good; sending it again would not help."""


class Post(Protocol):
    """Takes messages."""

    def send(self, message: EmailMessage) -> None:
        """Hand the message over. Raises :class:`Undeliverable`, or anything else when trying again may help."""

    def check(self) -> None:
        """Raise ``OSError`` or ``SMTPException`` when no message could be handed over now."""


class Smtp:
    """A mail server at ``smtp://user:password@host:port`` (TLS once it offers it) or ``smtps://`` (from the start)."""

    def __init__(self, url: str, our_host: str) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._our_host = in_ascii(our_host)

    def send(self, message: EmailMessage) -> None:
        with self._connected() as server:
            try:
                server.send_message(message)
            except SMTPRecipientsRefused as refused:
                code, reason = next(iter(refused.recipients.values()))
                raise _judged(refused, code, reason) from refused
            except (SMTPSenderRefused, SMTPDataError) as refused:
                raise _judged(refused, refused.smtp_code, refused.smtp_error) from refused

    def check(self) -> None:
        with self._connected() as server:
            server.noop()

    def _connected(self) -> SMTP:
        """Return a connection, encrypted where the server can, signed in where we have a name."""
        secure = ssl.create_default_context()
        if self._tls:
            server: SMTP = SMTP_SSL(self._host, self._port, self._our_host, timeout=TIMEOUT_SECONDS, context=secure)
        else:
            server = SMTP(self._host, self._port, self._our_host, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if not self._tls and server.has_extn("starttls"):
                server.starttls(context=secure)
                server.ehlo()
            elif not self._tls and self._user and self._host not in LOOPBACK:
                raise SMTPException("the mail server offers no encryption, so our password was not sent")
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _judged(refused: SMTPException, code: int, reason: bytes | str) -> Exception:
    if not 500 <= code < 600:
        return refused
    return Undeliverable(f"{code} {reason.decode(errors='replace') if isinstance(reason, bytes) else reason}")


class Folder:
    """Keeps messages as ``.eml`` files, for mail programs to open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{message['Date'].datetime:%Y-%m-%d %H%M%S} {message['Message-ID'].strip('<>')[:8]}.eml"
        with NamedTemporaryFile(dir=self._folder, prefix="new-", delete=False) as new:
            new.write(message.as_bytes())
        os.replace(new.name, self._folder / name)

    def check(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder):
            pass


def post_of(settings: Settings) -> Post:
    """Return how this portal's mail leaves."""
    return Smtp(settings.smtp_url, settings.mail_host) if settings.smtp_url else Folder(settings.data / "mail")
