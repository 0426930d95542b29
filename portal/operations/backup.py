"""A portal in one file, and a portal out of one."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from sqlalchemy import Engine

from portal.media.store import Store
from portal.media.store import opened as opened_store
from portal.operations import snapshots, stale
from portal.operations.archive import BadArchive, Manifest, Opened, Progress, measured, opened, unpack, write_archive
from portal.operations.snapshots import NotEmpty
from portal.settings import Settings

DATABASE, MEDIA = "database", "media"


def back_up(engine: Engine, settings: Settings, now: datetime, file: Path, each: Progress) -> Manifest:
    """Write everything that the portal keeps into ``file`` while it goes on working, and return what that is.

    The database comes first: every file that its rows name was kept before them, so that none is missing but what was
    taken back meanwhile.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    store = opened_store(settings.data, settings.media_url)
    with TemporaryDirectory(dir=settings.data, prefix=".backup-") as made:
        folder = Path(made)
        revision = snapshots.take(engine, folder / DATABASE, each)
        sources = _rows(folder / DATABASE) | _media(store)
        files: dict[str, tuple[int, str]] = {}
        for name in each(sources, "checksums"):
            with suppress(FileNotFoundError):
                files[name] = measured(sources[name])
        manifest = Manifest(version("commons-portal"), engine.dialect.name, revision, now.isoformat(), files)
        write_archive(file, manifest, {name: sources[name] for name in files}, each)
    return manifest


def restore(
    engine: Engine, settings: Settings, now: datetime, file: Path, each: Progress, *, replace: bool
) -> Manifest:
    """Make the portal what ``file`` says, and return what that is.

    Everything is unpacked and checked before anything is changed. Files are added first, then the database is changed
    in one transaction, then those of the former files are removed that nobody names any more: cut short anywhere, the
    portal is the old one or the new one. Who was erased and what was taken back since is forgotten again, by a worker.
    Raises :class:`BadArchive`, and :class:`NotEmpty` unless told to ``replace``.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    store = opened_store(settings.data, settings.media_url)
    with opened(file) as (manifest, tar), TemporaryDirectory(dir=settings.data, prefix=".restore-") as made:
        if manifest.engine != engine.dialect.name:
            raise BadArchive(f"this is a backup of a {manifest.engine} database, not of {engine.dialect.name}")
        if shutil.disk_usage(settings.data).free < 2 * manifest.size:
            raise BadArchive(f"this needs {2 * manifest.size // 1024**2} MB of free disk under {settings.data}")
        if not replace and not (snapshots.is_empty(engine) and next(store.keys(), None) is None):
            raise NotEmpty
        former = store.everything()
        folder = Path(made)
        unpack(manifest, tar, folder, each)
        snapshots.put_back(
            engine,
            folder / DATABASE,
            manifest.revision,
            each,
            stale.forgotten(engine, now),
            before_commit=lambda: _add_files(folder / MEDIA, store),
        )
        store.clear([key for key in former if f"{MEDIA}/{key}" not in manifest.files])
    return manifest


def _rows(folder: Path) -> dict[str, Opened]:
    """Return the files that the database was written into, by their names in the archive."""
    return {f"{DATABASE}/{path.name}": partial(_opened, path) for path in sorted(folder.iterdir())}


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _media(store: Store) -> dict[str, Opened]:
    """Return the files of the store by their names in the archive; those that are still being written are not."""
    return {f"{MEDIA}/{key}": partial(store.open, key) for key in sorted(store.keys())}


def _add_files(unpacked: Path, store: Store) -> None:
    for path in _files(unpacked):
        with path.open("rb") as content:
            store.add(path.relative_to(unpacked).as_posix(), content)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
