"""``portal index``: the public index from a terminal."""

import click

from portal.ports.publications import Publications


@click.command()
@click.pass_obj
def index(installation) -> None:
    """Write the public index again, after an upgrade that changed how things are found."""
    with installation.request() as request:
        for feature in request.ask_all(Publications):
            feature.publish()


COMMANDS = (index,)
