"""The web server of development and of small towns: waitress, with the background worker beside it."""

import gc
import linecache
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import CDLL
from threading import Thread

import waitress
from waitress.task import ThreadedTaskDispatcher

from portal.jobs.worker import Crew
from portal.media.terms import MEBIBYTE, MOST_BYTES
from portal.settings import Settings

THREADS = 4
HEAPS = 1
"""In how many places the threads keep what they use. With one for each, none could use what another one let go."""
LARGE = 128 * 1024
"""So many bytes are asked of the system, and given back to it at once: else they leave holes in the heap."""

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3
GRACE_SECONDS = 30.0


class Dispatcher(ThreadedTaskDispatcher):
    """Gives what is being answered when the server ends the time it may take: waitress' own waits for 5 seconds."""

    def shutdown(self, cancel_pending: bool = True, timeout: float = GRACE_SECONDS) -> bool:
        return super().shutdown(cancel_pending, timeout)


def serve(app, settings: Settings, *, with_worker: bool) -> None:
    """Answer requests until SIGTERM or Ctrl-C; what is being answered then is finished, the job in hand too."""
    keep_small()
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
    dispatcher = Dispatcher()
    dispatcher.set_thread_count(THREADS)
    with working(app.registry) if with_worker else _nothing():
        waitress.create_server(app, _dispatcher=dispatcher, **listening(settings)).run()


def keep_small() -> None:
    """Let the threads share one heap, where the C library has many (glibc), and garbage be looked for more often.

    Python looks through everything once a quarter as much has been made again. What stands at the start stays, and is
    left out of that.
    """
    with suppress(AttributeError, OSError):
        CDLL(None).mallopt(_M_ARENA_MAX, HEAPS)
        CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)
    linecache.clearcache()  # the sources that were looked into at the start
    gc.collect()
    gc.freeze()


def listening(settings: Settings) -> dict[str, object]:
    """Return waitress' own settings. What a proxy says of the client is believed of the trusted one alone."""
    proxy = {}
    if settings.trusted_proxy:
        proxy = {
            "trusted_proxy": settings.trusted_proxy,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    return proxy | {
        "listen": settings.listen,
        "max_request_body_size": max(settings.max_body_mib * MEBIBYTE, MOST_BYTES + MEBIBYTE),  # then each route's own
        "clear_untrusted_proxy_headers": True,
        "ident": None,
    }


@contextmanager
def working(registry) -> Iterator[None]:
    """Have workers beside us for as long as the ``with`` block lasts."""
    crew = Crew(registry)
    thread = Thread(target=crew.run, name="crew")
    thread.start()
    try:
        yield
    finally:
        crew.stop()
        thread.join()


@contextmanager
def _nothing() -> Iterator[None]:
    yield
