"""``portal``: what one does with the portal from a terminal. Exit status 0 done, 1 refused or failed, 2 wrong usage."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import click
from plaster import get_settings, setup_logging

from portal.app import FEATURES, KERNEL, configure
from portal.db.session import working_request
from portal.migrations import history
from portal.settings import BadSetting, Settings


@click.group()
@click.option("-c", "ini", default="development.ini", show_default=True, help="The ini file.")
@click.pass_context
def portal(context: click.Context, ini: str) -> None:
    """The commons portal."""
    context.obj = Installation(ini)


class Installation:
    """The portal as one ini file describes it; opened only by the commands that need it."""

    def __init__(self, ini: str) -> None:
        self._ini = ini

    @property
    def settings(self) -> Settings:
        """The settings. Ends the command with status 1 and one line when a value is bad or the file is not there."""
        if not Path(self._ini).is_file():
            raise click.ClickException(f"there is no {self._ini}; name the ini file with -c")
        setup_logging(self._ini)
        try:
            return Settings.from_ini(get_settings(self._ini, "app:main"))
        except BadSetting as bad:
            raise click.ClickException(str(bad)) from bad

    @property
    def app(self):
        """The WSGI application."""
        settings = self.settings
        settings.data.mkdir(parents=True, exist_ok=True)
        return configure(settings).make_wsgi_app()

    @contextmanager
    def request(self) -> Iterator:
        """A request of nobody's, in one transaction that commits at the end of the ``with`` block."""
        with working_request(self.app.registry) as request:
            yield request


@portal.command()
@click.pass_obj
def init(installation: Installation) -> None:
    """Create or upgrade the schema."""
    history.upgrade(installation.app.registry.engine)


@portal.command()
@click.option("--no-worker", is_flag=True, help="Do not run the background worker inside.")
@click.pass_obj
def serve(installation: Installation, no_worker: bool) -> None:
    """Serve the portal."""
    import waitress

    settings = installation.settings
    click.echo(f"http://{settings.listen}/")  # said before the first request can be answered
    waitress.serve(installation.app, listen=settings.listen, threads=8, clear_untrusted_proxy_headers=True)


def _attach_commands() -> None:
    """Let each room of the house that has commands add them."""
    for package in KERNEL + FEATURES:
        try:
            module = import_module(f"{package}.commands")
        except ModuleNotFoundError as missing:
            if missing.name not in (f"{package}.commands", package):
                raise
            continue
        for command in module.COMMANDS:
            portal.add_command(command)


_attach_commands()
