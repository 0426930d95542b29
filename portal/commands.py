"""``portal``: what one does with the portal from a terminal. Exit status 0 done, 1 refused or failed, 2 wrong usage."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import click
from plaster import get_settings, setup_logging
from sqlalchemy.exc import DBAPIError

from portal import logs
from portal.app import application, no_garbage, rooms
from portal.db.session import is_away, is_schema_missing, working_request
from portal.settings import BadSetting, Settings


class Commands(click.Group):
    """Commands that say in one line what kept them from their work, instead of a traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except DBAPIError as error:
            if is_away(error):
                database = context.obj.settings.database_name
                raise click.ClickException(f"the database {database} is out of reach; see: portal check") from error
            if is_schema_missing(error):
                raise click.ClickException("the database is not of this version; run: portal init") from error
            raise
        except OSError as error:
            raise click.ClickException(f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")) from error


@click.group(cls=Commands)
@click.option("-c", "ini", default="development.ini", show_default=True, help="The ini file.")
@click.pass_context
def portal(context: click.Context, ini: str) -> None:
    """The commons portal."""
    context.obj = Installation(ini)


class Installation:
    """The portal as one ini file describes it; opened only by the commands that need it."""

    def __init__(self, ini: str) -> None:
        self._ini = ini

    @cached_property
    def settings(self) -> Settings:
        """The settings. Ends the command with status 1 and one line when a value is bad or the file is not there."""
        if not Path(self._ini).is_file():
            raise click.ClickException(f"there is no {self._ini}; name the ini file with -c")
        setup_logging(self._ini)
        try:
            settings = Settings.from_ini(get_settings(self._ini, "app:main"))
        except BadSetting as bad:
            raise click.ClickException(str(bad)) from bad
        logs.dress(settings)
        return settings

    @cached_property
    def app(self):
        """The WSGI application."""
        settings = self.settings
        settings.data.mkdir(parents=True, exist_ok=True)
        return application(settings)

    @contextmanager
    def request(self) -> Iterator:
        """A request of nobody's, in one transaction that commits at the end of the ``with`` block."""
        registry = self.app.registry
        try:
            with working_request(registry) as request:
                yield request
        finally:
            registry.engine.dispose()


def _attach_commands() -> None:
    """Let each room of the house that has commands add them."""
    with no_garbage():
        for room in rooms("commands"):
            for command in room.COMMANDS:
                portal.add_command(command)


_attach_commands()
