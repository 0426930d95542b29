"""``portal work``: background work from a terminal or a service manager."""

import signal

import click

from portal.jobs.worker import Worker


@click.command()
@click.option("--once", is_flag=True, help="Do all that is due, then exit.")
@click.pass_obj
def work(installation, once: bool) -> None:
    """Do background work: letters, reminders, clearing up."""
    worker = Worker(installation.app.registry)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, worker.stop)
    if once:
        worker.run_once()
    else:
        worker.run()


COMMANDS = (work,)
