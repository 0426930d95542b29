"""``portal maps``: the map from a terminal."""

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import click
from sqlalchemy import func, select

from maps.imports import (
    MOST_BYTES,
    Brought,
    Drafted,
    Trouble,
    Unreadable,
    drafted,
    is_json,
    places_of,
    read,
    sentence,
)
from maps.rules.lines import length
from maps.services.places import Places
from maps.services.tracks import TrackFiles
from maps.services.trails import Trails
from maps.terms import NotPublishable
from portal.licences import LICENCES
from portal.people.models import Person


@click.group()
def maps() -> None:
    """Trails and places."""


@maps.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", required=True, metavar="EMAIL", help="Whose trail or places these are.")
@click.option("--line", type=click.IntRange(min=0), help="Which of the file's lines is the trail's; 0 for none.")
@click.option("--places", "as_places", is_flag=True, help="Make a place of each point, whatever else is in the file.")
@click.option("--licence", type=click.Choice(list(LICENCES)), default=next(iter(LICENCES)), show_default=True)
@click.option("--language", type=click.Choice(["fr", "br", "en"]), default="fr", show_default=True)
@click.pass_obj
def bring_in(
    installation, file: Path, email: str, line: int | None, as_places: bool, licence: str, language: str
) -> None:
    """Bring in a GPX, GeoJSON or CSV FILE: its line and points as the draft of a trail, or its points as places.

    GeoJSON without a line becomes places. Where a file has several lines, they are shown and one must be chosen.
    """
    try:
        content = _content(file)
        brought = read(content)
        with installation.request() as request:
            author = _author(request.db, email)
            if as_places or (not brought.lines and is_json(content)):
                _places(request.find_service(Places), brought, author, licence, language, file.stem)
            else:
                found = drafted(brought, file.stem, language, licence, _ids(), line)
                trail = request.find_service(Trails).begin(found.content, author)
                files = request.find_service(TrackFiles)
                files.taken_in(files.keep(trail.id, author, file.name, content).id, trail.id, author, trail.current)
                click.echo(_told(found))
                click.echo(f"draft: /trails/{trail.slug}")
    except Unreadable as no:
        if no.trouble is Trouble.CHOOSE:
            _show(brought)
        raise click.ClickException(f"{_english(sentence(no))} {_what_to_do(no)}".strip()) from no
    except NotPublishable as no:
        raise click.ClickException(f"nothing was imported: {no}") from no


def _content(file: Path) -> bytes:
    if file.stat().st_size > MOST_BYTES:
        raise Unreadable(Trouble.TOO_LARGE, most=MOST_BYTES // 1_000_000)
    if sys.stderr.isatty():
        click.echo("Reading…", err=True)
    return file.read_bytes()


def _ids() -> Iterator[UUID]:
    while True:
        yield uuid4()


def _author(session, email: str) -> UUID:
    wanted = func.lower(Person.email) == email.strip().lower(), Person.erased_at.is_(None)
    found = session.scalar(select(Person.id).where(*wanted))
    if found is None:
        raise click.ClickException(f"nobody has the address {email}; see: portal person add")
    return found


def _places(places: Places, brought: Brought, author: UUID, licence: str, language: str, title: str) -> None:
    found = places_of(brought, language, licence, title)
    if not found:
        raise click.ClickException("nothing was imported: there is no point in the file")
    for content in found:
        places.add(content, author)
    click.echo(f"{len(found)} places")


def _told(found: Drafted) -> str:
    content = found.content
    said = [f"{len(content.stops)} stops"]
    if found.points:
        kept = f"{found.points} points, {len(content.line)} kept"
        if found.within:
            kept += f" (within {found.within:g} m)"
        said.append(f"a line of {length(content.line) / 1000:.1f} km: {kept}")
    if found.left_out:
        said.append(f"{found.left_out} points left out: a trail has no room for more stops")
    return "; ".join(said)


def _show(brought: Brought) -> None:
    for number, line in enumerate(brought.lines, 1):
        part = f", part {line.part}" if line.part else ""
        name = f" “{line.name}”" if line.name else ""
        click.echo(
            f"{number}: {line.kind}{name}{part}: {len(line.vertices)} points, {length(line.vertices) / 1000:.1f} km",
            err=True,
        )


def _what_to_do(no: Unreadable) -> str:
    return "Use --line NUMBER, or --line 0 for none." if no.trouble in (Trouble.CHOOSE, Trouble.NO_SUCH_LINE) else ""


def _english(message: str) -> str:
    return message.interpolate() if hasattr(message, "interpolate") else message


COMMANDS = (maps,)
