"""The file that a backup is: a compressed tar of named files, the first of which says what the others must be.

Nothing in an archive is believed: a file is taken only under a name that the manifest has, of a form that stays inside
the folder it is taken to, with the size and the SHA-256 that the manifest gives it.
"""

import hashlib
import json
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TypeVar

MANIFEST = "manifest.json"
FORMAT = 1
LARGEST_MANIFEST = 64 * 1024 * 1024
PIECE = 1024 * 1024
NAME = re.compile(r"(database|media)(/[A-Za-z0-9_][A-Za-z0-9._-]*)+")

T = TypeVar("T")
Opened = Callable[[], AbstractContextManager[BinaryIO]]
"""Opens a file to be read from its beginning, wherever it is kept."""

Progress = Callable[[Collection[str], str], Iterable[str]]
"""Shows how far one is with some names, under a label; a mere ``iter`` shows nothing."""


class BadArchive(Exception):
    """The file is no backup of ours, or not as it was made. The message is for whoever runs the portal."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds: of which version, engine and revision, and each file's size and SHA-256."""

    version: str
    engine: str
    revision: str
    made_at: str
    files: dict[str, tuple[int, str]]

    @property
    def size(self) -> int:
        return sum(size for size, _digest in self.files.values())


def write_archive(path: Path, manifest: Manifest, sources: dict[str, Opened], each: Progress) -> None:
    """Write the archive, whole or not at all, readable by its owner alone.

    Raises ``FileExistsError``, and :class:`BadArchive` when a file was removed since it was measured, or there are more
    of them than can be read again.
    """
    told = json.dumps({"format": FORMAT} | asdict(manifest)).encode()
    if len(told) > LARGEST_MANIFEST:
        raise BadArchive("there are too many files for one archive: keep them in a store that makes copies of its own")
    if path.exists():
        raise FileExistsError(17, "there is a file of this name already", str(path))
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as tar:
                _add(tar, MANIFEST, told)
                for name in each(sources, "writing"):
                    _add_file(tar, name, manifest.files[name][0], sources[name])
            out.flush()
            os.fsync(out.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, BytesIO(content))


def _add_file(tar: tarfile.TarFile, name: str, size: int, source: Opened) -> None:
    member = tarfile.TarInfo(name)
    member.size = size
    try:
        with source() as content:
            tar.addfile(member, content)
    except FileNotFoundError as gone:
        raise BadArchive(f"{name} was removed while the backup was made: make another one") from gone


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """Open an archive; its files are still to come. Raises :class:`BadArchive`."""
    with path.open("rb") as file, _readable(lambda: tarfile.open(fileobj=file, mode="r|gz")) as tar:
        yield _manifest(tar), tar


def _readable(read: Callable[[], T]) -> T:
    """Return what ``read`` does. Raises :class:`BadArchive` when it cannot."""
    try:
        return read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as wrong:
        raise BadArchive("this is no backup of the portal, or it is damaged") from wrong


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = _readable(tar.next)
    if first is None or first.name != MANIFEST or not first.isreg() or first.size > LARGEST_MANIFEST:
        raise BadArchive("this is no backup of the portal: it does not begin with a manifest")
    try:
        told = json.loads(_readable(_content(tar, first).read))
        form = told.pop("format")
        files = {name: (int(size), str(digest)) for name, (size, digest) in told.pop("files").items()}
        manifest = Manifest(**{name: str(value) for name, value in told.items()}, files=files)
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise BadArchive("the manifest of this backup cannot be read") from wrong
    if form != FORMAT:
        raise BadArchive("this backup was made by a version of the portal that this one does not know")
    strange = next((name for name in files if not NAME.fullmatch(name)), None)
    if strange is not None:
        raise BadArchive(f"this backup has a file of a strange name: {strange!r}")
    return manifest


def unpack(manifest: Manifest, tar: tarfile.TarFile, folder: Path, each: Progress) -> None:
    """Take every file that the manifest names into ``folder``. Raises :class:`BadArchive` when one is not as saved."""
    for name in each(manifest.files, "reading"):
        member = _readable(tar.next)
        if member is None or member.name != name or not member.isreg():
            raise BadArchive(f"this backup lacks {name}, or holds it where it was not put")
        _take(tar, member, manifest.files[name], folder / name)
        tar.members.clear()  # type: ignore[attr-defined]  # it would remember every one of them
    if _readable(tar.next) is not None:
        raise BadArchive("this backup holds more than its manifest names")


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, expected: tuple[int, str], path: Path) -> None:
    if member.size != expected[0]:
        raise BadArchive(f"{member.name} in this backup has not the size it was saved with")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _content(tar, member) as source, path.open("xb") as out:
        found = _copied(source, out)
    if found != expected[1]:
        raise BadArchive(f"{member.name} in this backup is not what was saved: the backup is damaged")


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> BinaryIO:
    content = tar.extractfile(member)
    if content is None:
        raise BadArchive(f"{member.name} in this backup is no file")
    return content  # type: ignore[return-value]


def _copied(source: BinaryIO, out: BinaryIO) -> str:
    """Copy, and return the SHA-256 of what was."""
    digest = hashlib.sha256()
    while piece := _readable(lambda: source.read(PIECE)):
        digest.update(piece)
        out.write(piece)
    return digest.hexdigest()


def measured(source: Opened) -> tuple[int, str]:
    """Return a file's size and SHA-256. Raises ``FileNotFoundError``."""
    size, digest = 0, hashlib.sha256()
    with source() as content:
        while piece := content.read(PIECE):
            size += len(piece)
            digest.update(piece)
    return size, digest.hexdigest()
