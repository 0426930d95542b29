"""Keeping and checking passwords: argon2id at a deliberate cost, a few at a time."""

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Hashes and checks passwords. Each takes its memory for its time: no more than ``at_once`` run together."""

    def __init__(self, *, memory_kib: int, rounds: int, at_once: int) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        self._places = BoundedSemaphore(at_once)
        self._nobodys = self._hasher.hash("nobody's password")

    def hash(self, password: str) -> str:
        """Return what is kept of a password, its parameters and salt included."""
        with self._places:
            return self._hasher.hash(_normal(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Is this the password? Takes as long for an account that has none (``kept`` None), and says no."""
        with self._places:
            try:
                return self._hasher.verify(kept or self._nobodys, _normal(password)) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, kept: str) -> bool:
        """Was it hashed at another cost than is set now?"""
        return self._hasher.check_needs_rehash(kept)


def _normal(password: str) -> bytes:
    """Return the same bytes for the same text, however a keyboard composed its accents."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def includeme(config) -> None:
    settings = config.registry.portal_settings
    passwords = Passwords(
        memory_kib=settings.hash_memory_kib, rounds=settings.hash_rounds, at_once=settings.hashes_at_once
    )
    config.add_service(Passwords, lambda _request: passwords)
