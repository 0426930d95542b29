"""Where files are kept: a folder. Names say what is in a file, so two that are called the same are the same."""

import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

NAME = re.compile(r"[0-9a-f]{64}(-[a-z]+)?\.[a-z0-9]{2,5}")
"""The SHA-256 of the content (or of what it was made from), which rendering of it this is, and its kind."""


class Store:
    """The files of one portal, in ``folder`` and in folders by the first two signs of their name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        """Keep a file. It is there whole or not at all; one that is there already is left alone.

        Raises ``ValueError`` for a name that is not one.
        """
        path = self._place(name)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix="new-", delete=False) as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        os.replace(new.name, path)

    def path(self, name: str) -> Path | None:
        """Return where a file is, or None when there is none of that name."""
        if not NAME.fullmatch(name):
            return None
        path = self._place(name)
        return path if path.is_file() else None

    def _place(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} does not say what is in it")
        return self._folder / name[:2] / name
