"""``portal work``: background work from a terminal or a service manager."""

import signal

import click

from portal.jobs.worker import Crew, Worker


@click.command()
@click.option("--once", is_flag=True, help="Do all that is due, then exit.")
@click.pass_obj
def work(installation, once: bool) -> None:
    """Do background work: letters, reminders, clearing up."""
    registry = installation.app.registry
    worker, crew = Worker(registry), Crew(registry)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, worker.stop if once else crew.stop)
    if once:
        worker.run_once()
    else:
        crew.run()


COMMANDS = (work,)
