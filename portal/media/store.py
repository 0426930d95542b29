"""Where files are kept: a folder, or an S3-compatible store by setting. Names say what is in a file, so two that are
called the same are the same.

Large files come in pieces (``uploads/<id>/<offset>``), which are joined and then gone.
"""

import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, closing, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

NAME = re.compile(r"[0-9a-f]{64}(-[a-z]+)?\.[a-z0-9]{2,5}")
"""The SHA-256 of the content (or of what it was made from), which rendering of it this is, and its kind."""

KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}(-[a-z]+)?\.[a-z0-9]{2,5}")
HALF_WRITTEN = "new"
UPLOADS = "uploads"
PIECE = re.compile(UPLOADS + r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/\d+")
OURS = (KEY, PIECE, re.compile(HALF_WRITTEN + r"/[0-9a-f-]{36}"))
AT_ONCE = 1024 * 1024
FEW = 2

T = TypeVar("T")

if TYPE_CHECKING:
    from obstore import GetOptions


class OutOfReach(Exception):
    """The store does not answer, or not as it should."""


class Store:
    """The files of one portal, in folders by the first two signs of their name.

    ``reach`` is called once, when something is first asked for; ``place`` says where that is, for whoever runs the
    portal; ``folder`` is where on this machine's disk, None for
    those that are elsewhere. Whatever goes wrong out there raises :class:`OutOfReach`.
    """

    def __init__(self, reach: Callable[[], ObjectStore], place: str, folder: Path | None = None) -> None:
        self._reach = reach
        self._folder = folder
        self.place = place

    @cached_property
    def _objects(self) -> ObjectStore:
        return _reaching(self._reach)

    @classmethod
    def in_folder(cls, folder: Path) -> "Store":
        """Return the store in a folder, which is made when it is first needed."""
        return cls(lambda: LocalStore(folder, mkdir=True), str(folder), folder)

    @classmethod
    def at(cls, url: str) -> "Store":
        """Return the store behind ``s3://bucket/prefix?endpoint=…&region=…``; ``AWS_*`` variables say who asks."""
        parts = urlsplit(url)
        asked: dict[str, Any] = dict(parse_qsl(parts.query))
        plain = asked.get("endpoint", "").startswith("http://")

        def reach() -> ObjectStore:
            return S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                client_options={"allow_http": plain, "timeout": "60s", "connect_timeout": "5s"},
                retry_config={"max_retries": 2},
                **asked,
            )

        return cls(reach, url.partition("?")[0])

    def put(self, name: str, content: bytes | BinaryIO) -> None:
        """Keep a file. It is there whole or not at all; one that is there already is left alone.

        Raises ``ValueError`` for a name that is not one.
        """
        key = _key(name)
        if self.size(name) is None:
            self._write(key, content)

    def size(self, name: str) -> int | None:
        """Return how many bytes a file has, or None when there is none of that name."""
        if not NAME.fullmatch(name):
            return None
        try:
            return int(_reaching(lambda: obstore.head(self._objects, _key(name)))["size"])
        except FileNotFoundError:
            return None

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Return the bytes of a file, in pieces, from ``start`` up to and without ``end``.

        Raises ``FileNotFoundError`` at once when there is none of that name.
        """
        return self._read(_key(name), start, end)

    def fetch(self, name: str, path: Path) -> None:
        """Copy a file to where programs can read it. Raises ``FileNotFoundError``."""
        with path.open("xb") as out:
            for piece in self.read(name):
                out.write(piece)

    def remove(self, name: str) -> None:
        """Let a file be gone; it is no fault if it is already."""
        self._delete(_key(name))

    def put_piece(self, upload_id: UUID, offset: int, content: BinaryIO) -> None:
        """Keep a piece of a large file, in the place of one that began there already."""
        self._write(_piece_key(upload_id, offset), content)

    def join(self, upload_id: UUID, size: int) -> Iterator[bytes]:
        """Return all of a large file from its pieces. Raises ``FileNotFoundError`` when one is missing."""
        offset = 0
        while offset < size:
            for piece in self._read(_piece_key(upload_id, offset)):
                yield piece
                offset += len(piece)

    def forget_pieces(self, upload_id: UUID) -> None:
        for key, _size, _changed in self._list(f"{UPLOADS}/{upload_id}"):
            self._delete(key)

    def keys(self) -> Iterator[str]:
        """Return the keys of all files that are kept, without pieces and what is still being written."""
        return (key for key, _size, _changed in self._list() if KEY.fullmatch(key))

    def names(self, before: datetime) -> Iterator[str]:
        """Return the names of the files that were kept before an instant."""
        listed = ((key, changed) for key, _size, changed in self._list() if KEY.fullmatch(key))
        return (key.partition("/")[2] for key, changed in listed if changed < before)

    def uploads(self, before: datetime) -> Iterator[UUID]:
        """Return of which large files pieces came before an instant."""
        listed = ((PIECE.fullmatch(key), changed) for key, _size, changed in self._list(UPLOADS))
        return (UUID(piece[1]) for piece, changed in listed if piece and changed < before)

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open the file under a key of :meth:`keys`, to be read from its beginning. Raises ``FileNotFoundError``."""
        return closing(_reaching(lambda: obstore.open_reader(self._objects, key)))  # type: ignore[arg-type]

    def add(self, key: str, content: BinaryIO) -> None:
        """Keep a file under a key that :meth:`keys` gave once, in the place of one that is there: it may be damaged.

        Raises ``ValueError`` for what is no such key.
        """
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not a key")
        self._write(key, content)

    def everything(self) -> list[str]:
        """Return the keys of all that is ours: files, pieces of uploads, what is half written; others may be here."""
        return [key for key, _size, _changed in self._list() if any(form.fullmatch(key) for form in OURS)]

    def clear(self, keys: Collection[str]) -> None:
        """Remove what is under these keys of :meth:`everything`."""
        for key in keys:
            self._delete(key)

    def tidy(self, before: datetime) -> None:
        """Remove what somebody began to write before an instant and did not finish."""
        for key, _size, changed in self._list(HALF_WRITTEN):
            if changed < before:
                self._delete(key)

    def try_out(self) -> None:
        """Write, read and remove something. Raises :class:`OutOfReach` or ``OSError``."""
        key = f"{HALF_WRITTEN}/{uuid4()}"
        _reaching(lambda: obstore.put(self._objects, key, b"ok"))
        _reaching(lambda: obstore.get(self._objects, key).bytes())
        self._delete(key)

    def _write(self, key: str, content: bytes | BinaryIO) -> None:
        if self._folder is None:
            _reaching(lambda: obstore.put(self._objects, key, content, max_concurrency=FEW))
            return
        half = f"{HALF_WRITTEN}/{uuid4()}"
        _reaching(lambda: obstore.put(self._objects, half, content, max_concurrency=FEW))
        _settle(self._folder / half)  # on the disk before it has its name, whatever happens then
        _reaching(lambda: obstore.rename(self._objects, half, key))
        _settle((self._folder / key).parent)

    def _read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        options: GetOptions = {}
        if end is not None:
            options = {"range": (start, end)}
        elif start:
            options = {"range": {"offset": start}}
        found = _reaching(lambda: obstore.get(self._objects, key, options=options))
        return _pieces(iter(found.stream(min_chunk_size=AT_ONCE)))

    def _list(self, prefix: str | None = None) -> Iterator[tuple[str, int, datetime]]:
        if self._folder is not None and not self._folder.exists():  # looking into it makes none
            return
        batches = iter(_reaching(lambda: obstore.list(self._objects, prefix)))
        while (batch := _reaching(lambda: next(batches, None))) is not None:
            for known in batch:
                yield known["path"], known["size"], known["last_modified"]

    def _delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            _reaching(lambda: obstore.delete(self._objects, key))


def opened(data: Path, media_url: str) -> Store:
    """Return the store that the settings name: ``media`` in the folder ``data``, or what ``media_url`` says."""
    return Store.at(media_url) if media_url else Store.in_folder(data / "media")


def _key(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} does not say what is in it")
    return f"{name[:2]}/{name}"


def _piece_key(upload_id: UUID, offset: int) -> str:
    return f"{UPLOADS}/{upload_id}/{offset:012}"


def _pieces(stream: Iterator[Any]) -> Iterator[bytes]:
    while (piece := _reaching(lambda: next(stream, None))) is not None:
        yield bytes(piece)


def _reaching(act: Callable[[], T]) -> T:
    """Return what ``act`` does. Raises :class:`OutOfReach` for all that goes wrong but a missing file."""
    try:
        return act()
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise OutOfReach(str(error).partition("\n")[0]) from error


def _settle(path: Path) -> None:
    """Have the system write a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
