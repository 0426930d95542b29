"""``portal lending``: lending from a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from equipment_lending.imports.difference import Difference
from equipment_lending.imports.rows import FILES
from equipment_lending.imports.troubles import Trouble, place, sentence
from equipment_lending.opening_hours import Timetable, written
from equipment_lending.services.catalogue import Guardians
from equipment_lending.services.inventory import InventoryImport


@click.group()
def lending() -> None:
    """Equipment lending."""


@lending.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--update", is_flag=True, help="Also change what exists and differs.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.pass_obj
def bring_in(installation, folder: Path, update: bool, dry_run: bool) -> None:
    """Bring in points.csv, models.csv and items.csv: all of it or nothing.

    What is new is added. Where something exists and differs, the difference is shown and nothing is done without
    --update. What the files do not mention is left alone.
    """
    files = {name: path.read_bytes() for name in FILES if (path := folder / name).is_file()}
    with installation.request() as request:
        importing = request.find_service(InventoryImport)
        importing.alone()
        compared = importing.compare(files)
        if compared.troubles:
            for trouble in compared.troubles:
                click.echo(_said(trouble), err=True)
            raise click.ClickException(f"nothing was imported; mend the files in {folder} and try again")
        difference = compared.difference
        _show(difference)
        if dry_run:
            return
        if difference.changes and not update:
            raise click.ClickException("nothing was imported: some rows exist and differ; say --update to change them")
        owner = request.city.owner
        with _shown(difference.rows) as done:
            importing.bring_in(difference, Guardians(owner, owner, owner), done)


@contextmanager
def _shown(rows: int) -> Iterator[Callable[[], object]]:
    """What is to be called after each row; on a terminal, that shows how far one is."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(length=rows, label="bringing it in", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def _said(trouble: Trouble) -> str:
    where, what = place(trouble, _english), _english(sentence(trouble))
    return f"{where}: {what}" if where else what


def _english(message: str) -> str:
    return message.interpolate() if hasattr(message, "interpolate") else message


def _show(difference: Difference) -> None:
    for part in difference.files:
        click.echo(
            f"{part.file}: {len(part.added)} new, {len(part.changed)} changed, {part.unchanged} unchanged, "
            f"{part.unmentioned} not mentioned"
        )
        for change in part.changed:
            for field in change.fields:
                click.echo(f"  {change.row.key}: {field.column}: {_value(field.before)} -> {_value(field.after)}")
    for category in difference.categories:
        click.echo(f"new category: {category}")


def _value(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case Timetable():
            return written(value)
        case frozenset():
            return " ".join(sorted(value)) or "none"
    return str(value)


COMMANDS = (lending,)
