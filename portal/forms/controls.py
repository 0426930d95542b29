"""What a browser sent, read by the paths that fields gave their controls. What nobody asked for is not looked at."""

import re
from collections.abc import Callable

from colander import null
from pyramid.httpexceptions import HTTPBadRequest
from webob.multidict import MultiDict

MOST_ROWS = 200

FILL = "form:fill"
"""The name of the buttons that fill a form in with what would do."""

Reader = Callable[["Controls", str], object]


class Controls:
    """The controls of one submission."""

    def __init__(self, sent: MultiDict) -> None:
        self.sent = sent

    def one(self, path: str) -> object:
        """Return the control's value, ``null`` when it was not sent. Raises ``HTTPBadRequest`` when it came twice."""
        values = self.sent.getall(path)
        if len(values) > 1:
            raise HTTPBadRequest(f"{path} was sent more than once")
        return values[0] if values else null

    def many(self, path: str) -> list[object]:
        return self.sent.getall(path)

    def rows(self, path: str, read: Reader) -> list[object]:
        """Return what ``read(controls, path)`` finds in each row that stays, and a new one if asked for."""
        of_row = re.compile(re.escape(path) + r"\.(\d{1,4})(?:[.:]|$)", re.ASCII)
        numbers = {int(found[1]) for key in self.sent if (found := of_row.match(key))}
        if len(numbers) > MOST_ROWS:
            raise HTTPBadRequest(f"{path} has more than {MOST_ROWS} rows")
        rows = [
            read(self, f"{path}.{number}") for number in sorted(numbers) if f"{path}.{number}:remove" not in self.sent
        ]
        return [*rows, null] if self.adds_to(path) else rows

    def adds_to(self, path: str) -> bool:
        return f"{path}:add" in self.sent

    @property
    def reshape(self) -> bool:
        """Was a button pressed that adds or removes a row, which says nothing yet about the answers?"""
        return any(re.search(r":(add|remove)$", key) for key in self.sent)


def close_uploads(request) -> None:
    """Give back the temporary files of what was uploaded, now rather than whenever they are collected.

    What was read is forgotten with them: another attempt at the same request reads its body anew.
    """
    sent, _body = request.environ.pop("webob._parsed_post_vars", ({}, None))
    for value in sent.values():
        if hasattr(value, "file"):
            value.file.close()
