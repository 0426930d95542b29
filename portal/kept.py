"""What was made once and still holds, kept in this process as long as it is asked for and there is room.

Nothing that lets somebody in is ever kept, only what could be made again; what no other process needs to know of.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

MOST_BYTES = 32 * 1024 * 1024


def question_size(_question: object) -> int:
    """Return about how many bytes a question to the database takes, once it is put together."""
    return 64 * 1024


class Kept:
    """Remembers by keys that name the version they are good for; forgets what was not asked for longest."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Any], size: Callable[[Any], int] = lambda _made: 200) -> Any:
        """Return what was made for ``key``, or make it; ``size`` says how many bytes it takes, about."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key][0]
        made = make()  # outside the lock: two may make the same, none waits for another's question
        with self._lock:
            if key not in self._held:
                self._held[key] = made, size(made)
                self._bytes += self._held[key][1]
            while self._bytes > self._most:
                _key, (_made, bytes_) = self._held.popitem(last=False)
                self._bytes -= bytes_
        return made

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self._bytes = 0
