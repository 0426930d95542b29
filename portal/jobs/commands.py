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
    if once:
        worker = Worker(registry)
        run, stop = worker.run_once, worker.stop
    else:
        crew = Crew(registry)
        run, stop = crew.run, crew.stop
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, stop)
    run()


COMMANDS = (work,)
