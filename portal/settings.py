"""What whoever runs the portal decides once, in the ini file or the environment. Read here, typed, and nowhere else.

What a city changes while it runs (its name, its texts) is not here but in ``portal.pages.city``.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any


class BadSetting(ValueError):
    """A setting that cannot be used; the message names the key and gives an example."""

    def __init__(self, key: str, value: str, wanted: str) -> None:
        super().__init__(f"{key} = {value!r}: {wanted}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every deployment setting with its default. ``now`` is when the clock starts, for demos and tests."""

    database_url: str = ""
    data: Path = Path("var")
    media_url: str = ""
    listen: str = "127.0.0.1:6543"
    base_url: str = "http://localhost:6543"
    secret: str = ""
    production: bool = False
    reload: bool = False
    smtp_url: str = ""
    mail_from: str = "portal@localhost"
    worker: bool = True
    hash_memory_kib: int = 19_456
    hash_rounds: int = 2
    hashes_at_once: int = 2
    max_body_mib: int = 16
    media_unfinished: int = 20
    media_share_mib: int = 5120
    trusted_proxy: str = ""
    now: datetime | None = None

    @classmethod
    def from_ini(cls, ini: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings of ``portal.*`` keys, overridden by ``PORTAL_*`` variables.

        Raises :class:`BadSetting` for a value that cannot be read, an unknown key, or a combination that is not safe.
        """
        names = {field.name for field in fields(cls)}
        for key in ini:
            if key.startswith("portal.") and key.removeprefix("portal.") not in names:
                raise BadSetting(key, ini[key], f"there is no such setting; known are {', '.join(sorted(names))}")
        given: dict[str, Any] = {}
        for name in names:
            for key, value in (
                (f"PORTAL_{name.upper()}", environ.get(f"PORTAL_{name.upper()}")),
                (f"portal.{name}", ini.get(f"portal.{name}")),
            ):
                if value is not None and value != "":
                    given[name] = READERS.get(name, _as_it_is)(key, value)
                    break
        return cls(**given)._completed()._checked()

    def _completed(self) -> "Settings":
        data = self.data.absolute()
        return replace(self, data=data, database_url=self.database_url or f"sqlite:///{data / 'portal.db'}")

    def _checked(self) -> "Settings":
        if self.production:
            if len(self.secret) < 32:
                raise BadSetting(
                    "portal.secret",
                    "…",
                    "production needs 32 random characters, for instance from `openssl rand -hex 32`",
                )
            if self.mail_host == "localhost":
                raise BadSetting("portal.mail_from", self.mail_from, "production needs an address that can be answered")
            if self.now is not None:
                raise BadSetting("portal.now", str(self.now), "the clock cannot be set in production")
            if not self.base_url.startswith("https://"):
                raise BadSetting(
                    "portal.base_url", self.base_url, "production needs https, for instance https://communs.example.bzh"
                )
        return self

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0]

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

    @property
    def mail_host(self) -> str:
        """The domain that our letters come from."""
        return self.mail_from.rpartition("@")[2]

    @property
    def signing_secret(self) -> str:
        """The secret that signs cookies; in development one that is the same at every start."""
        return self.secret or "a secret for development only, not used in production"

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def database_name(self) -> str:
        """The database's address without its password, fit for a message."""
        return re.sub(r"(?<=://)([^/@:]*):[^@]*@", r"\1@", self.database_url)

    def for_pyramid(self) -> dict[str, Any]:
        """Return what Pyramid and its add-ons read for themselves."""
        return {
            "tm.manager_hook": "pyramid_tm.explicit_manager",
            "tm.activate_hook": "portal.db.session.writes",
            "tm.annotate_user": False,  # it would ask the database who that is where no error becomes an answer
            "retry.attempts": 4,
            "jinja2.directories": ".",
            "jinja2.trim_blocks": True,
            "jinja2.lstrip_blocks": True,
            "jinja2.undefined": "strict",
            "jinja2.newstyle": True,
            "jinja2.i18n.domain": "portal",
            "pyramid.default_locale_name": "fr",
            "pyramid.reload_templates": self.reload,
            "jinja2.extensions": ["jinja2.ext.i18n"],
        }


def _as_it_is(_key: str, text: str) -> str:
    return text


def _flag(key: str, text: str) -> bool:
    if text.lower() in ("true", "yes", "on", "1"):
        return True
    if text.lower() in ("false", "no", "off", "0"):
        return False
    raise BadSetting(key, text, "say true or false")


def _number(low: int, high: int) -> Callable[[str, str], int]:
    def read(key: str, text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            raise BadSetting(key, text, f"give a whole number from {low} to {high}")
        return int(text)

    return read


def _instant(key: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadSetting(key, text, "give an ISO 8601 instant with its offset, for instance 2026-10-22T14:00:00+02:00")
    return at.astimezone(UTC)


def _listen(key: str, text: str) -> str:
    if not re.fullmatch(r"[^\s:]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}", text) or int(text.rpartition(":")[2]) > 65535:
        raise BadSetting(key, text, "give host:port, for instance 127.0.0.1:6543")
    return text


def _database(key: str, text: str) -> str:
    if not re.match(r"(sqlite|postgresql(\+psycopg)?)://", text):
        raise BadSetting(key, text, "give sqlite:////path/to/portal.db or postgresql://user:password@host/name")
    return text.replace("postgresql+psycopg://", "postgresql://")


def _proxy(key: str, text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise BadSetting(key, text, "give the proxy's IP address, for instance 127.0.0.1") from None


def _mail_server(key: str, text: str) -> str:
    if not re.fullmatch(r"smtps?://([^\s/@]+@)?[^\s/@:]+(:\d{1,5})?", text.rstrip("/")):
        raise BadSetting(key, text, "give smtp://user:password@host:587, or smtps:// for TLS from the start")
    return text.rstrip("/")


def _mail_address(key: str, text: str) -> str:
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text):
        raise BadSetting(key, text, "give an address alone, for instance portail@communs.example.bzh")
    return text


def _media_store(key: str, text: str) -> str:
    known = r"(endpoint=https?://[^\s/&]+/?|region=[a-z0-9-]+)"
    if not re.fullmatch(rf"s3://[a-z0-9][a-z0-9.-]+(/[A-Za-z0-9._-]+)*/?(\?{known}(&{known})?)?", text):
        raise BadSetting(
            key, text, "give s3://bucket/prefix?endpoint=https://s3.example.bzh&region=fr-1, or nothing for a folder"
        )
    return text


def _web_address(key: str, text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+", text.rstrip("/")):
        raise BadSetting(key, text, "give scheme and host without a path, for instance https://communs.example.bzh")
    return text.rstrip("/")


READERS: dict[str, Callable[[str, str], Any]] = {
    "database_url": _database,
    "data": lambda _key, text: Path(text),
    "media_url": _media_store,
    "listen": _listen,
    "base_url": _web_address,
    "production": _flag,
    "worker": _flag,
    "reload": _flag,
    "hash_memory_kib": _number(8, 1_048_576),
    "hash_rounds": _number(1, 100),
    "hashes_at_once": _number(1, 64),
    "max_body_mib": _number(1, 4096),
    "media_unfinished": _number(1, 100_000),
    "media_share_mib": _number(1, 100_000_000),
    "now": _instant,
    "trusted_proxy": _proxy,
    "smtp_url": _mail_server,
    "mail_from": _mail_address,
}
