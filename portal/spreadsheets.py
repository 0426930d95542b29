"""Tables for spreadsheets: CSV in which no cell can be taken for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"
AT_ONCE = 500


def cell(value: object) -> object:
    """Return the value as it may stand in a cell: a text that a spreadsheet would calculate begins with an apostrophe.

    Source: OWASP, CSV injection. Numbers are left as they are; None is an empty cell.
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_SIGNS):
        return f"'{value}"
    return "" if value is None else value


def csv_chunks(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, delimiter: str = ",", mark: bool = False
) -> Iterator[bytes]:
    """Yield a UTF-8 CSV file piece by piece. With ``mark``, spreadsheets on Windows read its accents well."""
    page = StringIO()
    writer = csv.writer(page, delimiter=delimiter)
    page.write(BYTE_ORDER_MARK if mark else "")
    writer.writerow(map(cell, header))
    for number, row in enumerate(rows, 1):
        writer.writerow(map(cell, row))
        if number % AT_ONCE == 0:
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode()
