"""What can be wrong with a file, as values; ``sentence`` puts one into words to be translated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.i18n import _


class TroubleCode(StrEnum):
    """Every reason why a line, or a file, cannot be imported."""

    # the file
    NO_FILE = "no_file"
    TOO_LARGE = "too_large"
    TOO_MANY_LINES = "too_many_lines"
    NOT_UTF8 = "not_utf8"
    NO_LINES = "no_lines"
    NOT_CSV = "not_csv"
    SEPARATOR = "separator"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    REPEATED_COLUMN = "repeated_column"
    # a line
    CELLS = "cells"
    REPEATED = "repeated"
    # a cell
    BLANK = "blank"
    TOO_LONG = "too_long"
    UNSEEN = "unseen"
    NOT_A_SLUG = "not_a_slug"
    RESERVED = "reserved"
    NOT_A_TAG = "not_a_tag"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    NOT_MONEY = "not_money"
    NOT_A_ZONE = "not_a_zone"
    NOT_HOURS = "not_hours"
    HOURS_NOT_KEPT = "hours_not_kept"
    NOT_OFFERED = "not_offered"
    # beside other lines and what the portal knows
    NO_SUCH_POINT = "no_such_point"
    NO_SUCH_MODEL = "no_such_model"
    NO_SUCH_PARENT = "no_such_parent"
    OWN_PARENT = "own_parent"
    KIT_IN_A_KIT = "kit_in_a_kit"
    KIT_OF_A_LOT = "kit_of_a_lot"
    KIT_ELSEWHERE = "kit_elsewhere"
    ANOTHER_MODEL = "another_model"
    ITEM_OUT = "item_out"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something to mend: in which file, on which line (None: in the file as a whole), in which column, and what."""

    file: str
    line: int | None
    column: str | None
    code: TroubleCode
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


SENTENCES: Mapping[TroubleCode, str] = {
    TroubleCode.NO_FILE: _("There is none of points.csv, models.csv and items.csv."),
    TroubleCode.TOO_LARGE: _("The file is larger than ${most} MB. Send it in parts."),
    TroubleCode.TOO_MANY_LINES: _("The file has more than ${most} lines. Send it in parts."),
    TroubleCode.NOT_UTF8: _("There are characters that are not UTF-8. Save the file as “CSV UTF-8”."),
    TroubleCode.NO_LINES: _("The file is empty. Its first line must name the columns."),
    TroubleCode.NOT_CSV: _("The quotation marks do not match. Close each one, and write two for one inside a text."),
    TroubleCode.SEPARATOR: _("The columns cannot be told apart. Separate them by commas or by semicolons."),
    TroubleCode.MISSING_COLUMN: _("This column is missing from the first line."),
    TroubleCode.UNKNOWN_COLUMN: _("There is no such column. The columns are: ${columns}."),
    TroubleCode.REPEATED_COLUMN: _("This column is there more than once."),
    TroubleCode.CELLS: _("There are ${found} cells where the first line names ${wanted} columns."),
    TroubleCode.REPEATED: _("“${key}” is already on line ${first}."),
    TroubleCode.BLANK: _("This cell must not be empty."),
    TroubleCode.TOO_LONG: _("This text is longer than ${most} characters."),
    TroubleCode.UNSEEN: _("There are invisible characters in this text. Type it again."),
    TroubleCode.NOT_A_SLUG: _(
        "“${text}” is not a short name, such as “velo-cargo”: small letters, digits, single hyphens."
    ),
    TroubleCode.RESERVED: _("“${text}” is the name of a page. Choose another one."),
    TroubleCode.NOT_A_TAG: _("“${text}” is not a tag. Use up to 40 letters, digits, hyphens, dots and underscores."),
    TroubleCode.NOT_A_NUMBER: _("“${text}” is not a number."),
    TroubleCode.OUT_OF_RANGE: _("${text} is not between ${low} and ${high}."),
    TroubleCode.NOT_MONEY: _("“${text}” is not an amount in euros, such as 249.90."),
    TroubleCode.NOT_A_ZONE: _("“${text}” is not a time zone, such as Europe/Paris."),
    TroubleCode.NOT_HOURS: _("“${text}” are not opening hours such as “Tu-Sa 10:00-18:00; PH off” (OpenStreetMap)."),
    TroubleCode.HOURS_NOT_KEPT: _("These opening hours are right, but the portal cannot keep “${text}”."),
    TroubleCode.NOT_OFFERED: _("“${text}” is none of: ${choices}."),
    TroubleCode.NO_SUCH_POINT: _("There is no point “${text}”, neither in points.csv nor in the portal."),
    TroubleCode.NO_SUCH_MODEL: _("There is no model “${text}”, neither in models.csv nor in the portal."),
    TroubleCode.NO_SUCH_PARENT: _("There is no item “${text}”, neither in this file nor in the portal."),
    TroubleCode.OWN_PARENT: _("An item cannot be a part of itself."),
    TroubleCode.KIT_IN_A_KIT: _("A kit cannot be part of another kit: “${text}”."),
    TroubleCode.KIT_OF_A_LOT: _("“${text}” is a lot of several units, which cannot be a kit."),
    TroubleCode.KIT_ELSEWHERE: _("The kit “${text}” is at another point."),
    TroubleCode.ANOTHER_MODEL: _("This item is a “${text}” already. Retire it and give the new one a tag of its own."),
    TroubleCode.ITEM_OUT: _("This item is in somebody’s hands. Import this line once it is back."),
}


def sentence(trouble: Trouble) -> str:
    """Return what is wrong, as a message to translate."""
    return SENTENCES[trouble.code] % dict(trouble.values)


def place(trouble: Trouble, say: Callable[[str], str] = str) -> str:
    """Return where it is wrong, as ``items.csv, line 12, units``."""
    parts = [trouble.file]
    if trouble.line is not None:
        parts.append(say(_("line ${line}", mapping={"line": trouble.line})))
    return ", ".join([*parts, *filter(None, [trouble.column])])
