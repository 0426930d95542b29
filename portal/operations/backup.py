"""A portal in one file, and a portal out of one."""

import shutil
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from portal.operations import snapshots
from portal.operations.archive import BadArchive, Manifest, Progress, measured, opened, unpack, write_archive
from portal.operations.snapshots import NotEmpty
from portal.settings import Settings

DATABASE, MEDIA = "database", "media"
HALF_WRITTEN = "new-"


def back_up(engine: Engine, settings: Settings, now: datetime, file: Path, each: Progress) -> Manifest:
    """Write everything that the portal keeps into ``file`` while it goes on working, and return what that is.

    The database comes first: every file that its rows name was kept before them, so that none is missing.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.data, prefix=".backup-") as made:
        folder = Path(made)
        revision = snapshots.take(engine, folder / DATABASE, each)
        sources = _files(folder / DATABASE, DATABASE) | _files(settings.data / MEDIA, MEDIA)
        files = {name: measured(sources[name]) for name in each(sources, "checksums")}
        manifest = Manifest(version("commons-portal"), engine.dialect.name, revision, now.isoformat(), files)
        write_archive(file, manifest, sources, each)
    return manifest


def restore(engine: Engine, settings: Settings, file: Path, each: Progress, *, replace: bool) -> Manifest:
    """Make the portal what ``file`` says, and return what that is.

    Everything is unpacked and checked before anything is changed. Files are added first, then the database is changed
    in one transaction, then files that nobody names any more are removed: cut short anywhere, the portal is the old one
    or the new one. Raises :class:`BadArchive`, and :class:`NotEmpty` unless told to ``replace``.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    with opened(file) as (manifest, tar), TemporaryDirectory(dir=settings.data, prefix=".restore-") as made:
        if manifest.engine != engine.dialect.name:
            raise BadArchive(f"this is a backup of a {manifest.engine} database, not of {engine.dialect.name}")
        if shutil.disk_usage(settings.data).free < 2 * manifest.size:
            raise BadArchive(f"this needs {2 * manifest.size // 1024**2} MB of free disk under {settings.data}")
        if not replace and not (snapshots.is_empty(engine) and not _files(settings.data / MEDIA, MEDIA)):
            raise NotEmpty
        folder = Path(made)
        unpack(manifest, tar, folder, each)
        snapshots.put_back(
            engine,
            folder / DATABASE,
            manifest.revision,
            each,
            before_commit=lambda: _add_files(folder / MEDIA, settings.data / MEDIA),
        )
        _remove_others(settings.data, manifest)
    return manifest


def _files(folder: Path, prefix: str) -> dict[str, Path]:
    """Return the files in a folder by their names in the archive; those that are still being written are not."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path
        for path in found
        if not path.name.startswith((HALF_WRITTEN, "."))
    }


def _add_files(source: Path, media: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            place = media / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)


def _remove_others(data: Path, manifest: Manifest) -> None:
    for name, path in _files(data / MEDIA, MEDIA).items():
        if name not in manifest.files:
            path.unlink()
