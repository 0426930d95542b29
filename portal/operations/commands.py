"""``portal init``, ``demo``, ``serve``, ``check``, ``backup`` and ``restore``."""

import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import click

from portal.demo import NotHere, is_loaded, load, tour
from portal.migrations import history
from portal.operations.archive import BadArchive
from portal.operations.backup import back_up
from portal.operations.backup import restore as bring_back
from portal.operations.checkup import findings
from portal.operations.serving import serve as answer_requests
from portal.operations.snapshots import NotEmpty


@click.command()
@click.pass_obj
def init(installation) -> None:
    """Create or upgrade the schema."""
    history.upgrade(installation.app.registry.engine)


@click.command()
@click.pass_obj
def demo(installation) -> None:
    """Load the demo city, unless it is there already, and say who to sign in as."""
    try:
        with installation.request() as request:
            if not is_loaded(request.db):
                click.echo("loading the demo city: ten months in a minute", err=True)
            load(request)
    except NotHere as no:
        raise click.ClickException(str(no)) from no
    for email, password, who, to_try in tour():
        click.echo(f"  {email:<26} {password}  {who}: {to_try.replace('*', '')}")


@click.command()
@click.option("--no-worker", is_flag=True, help="Do not run the background worker inside.")
@click.option("--demo", "with_demo", is_flag=True, help="Create the schema and load the demo city first.")
@click.pass_context
def serve(context: click.Context, no_worker: bool, with_demo: bool) -> None:
    """Serve the portal."""
    settings = context.obj.settings
    if with_demo:
        context.invoke(init)
        context.invoke(demo)
    click.echo(f"{settings.base_url}/")  # said before the first request can be answered
    click.echo(f"listening on {settings.listen}")
    answer_requests(context.obj.app, settings, with_worker=settings.worker and not no_worker)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(installation, file: Path) -> None:
    """Write database and uploaded files into FILE, while the portal goes on working."""
    registry = installation.app.registry
    try:
        made = back_up(registry.engine, registry.portal_settings, registry.clock.now(), file, shown)
    except BadArchive as no:
        raise click.ClickException(str(no)) from no
    click.echo(f"{file}: {len(made.files)} files, {file.stat().st_size / 1024**2:.1f} MB")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Replace the portal that is there.")
@click.pass_obj
def restore(installation, file: Path, replace: bool) -> None:
    """Bring back what FILE holds."""
    registry = installation.app.registry
    try:
        now = registry.clock.now()
        made = bring_back(registry.engine, registry.portal_settings, now, file, shown, replace=replace)
    except BadArchive as no:
        raise click.ClickException(str(no)) from no
    except NotEmpty as no:
        raise click.ClickException("there is a portal here already; to replace all of it, add --replace") from no
    click.echo(f"brought back what was saved at {made.made_at}")


@click.command()
@click.pass_obj
def check(installation) -> None:
    """Say what is well and what is wrong with this installation."""
    wrong = 0
    for finding in findings(installation.app.registry):
        click.echo(f"{'ok' if finding.well else 'WRONG':5}  {finding.part:10}  {finding.words}")
        wrong += not finding.well
    if wrong:
        raise click.ClickException(f"{wrong} of these need attention")


def shown(names: Collection[str], label: str) -> Iterator[str]:
    """Yield the names; on a terminal, show how far one is."""
    if not sys.stderr.isatty():
        yield from names
        return
    with click.progressbar(names, label=label, file=sys.stderr) as bar:
        yield from bar


COMMANDS = (init, demo, serve, check, backup, restore)
