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
    workers = Worker(registry) if once else Crew(registry)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, workers.stop)
    if isinstance(workers, Worker):
        workers.run_once()
    else:
        workers.run()


COMMANDS = (work,)
