"""``portal init``, ``serve``, ``check``, ``backup`` and ``restore``."""

import click

from portal.migrations import history
from portal.operations.serving import serve as answer_requests


@click.command()
@click.pass_obj
def init(installation) -> None:
    """Create or upgrade the schema."""
    history.upgrade(installation.app.registry.engine)


@click.command()
@click.option("--no-worker", is_flag=True, help="Do not run the background worker inside.")
@click.option("--demo", is_flag=True, help="Create the schema and load the demo city first.")
@click.pass_context
def serve(context: click.Context, no_worker: bool, demo: bool) -> None:
    """Serve the portal."""
    settings = context.obj.settings
    if demo:
        context.invoke(init)
        context.invoke(context.parent.command.commands["demo"])
    click.echo(f"http://{settings.listen}/")  # said before the first request can be answered
    answer_requests(context.obj.app, settings, with_worker=settings.worker and not no_worker)


COMMANDS = (init, serve)
