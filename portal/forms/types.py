"""Types of answers that colander lacks: money, a moment on a wall clock, an uploaded file; and what they must be."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import BinaryIO
from zoneinfo import ZoneInfo

from colander import Invalid, SchemaType, null

from portal.forms.text import cleaned
from portal.i18n import _

EUROS = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?", re.ASCII)
MEBIBYTE = 1024 * 1024


class Money(SchemaType):
    """Euros as people write them, «1 234,50»; cents as we keep them, ``123450``."""

    def serialize(self, node, appstruct):
        if appstruct is null or appstruct is None:
            return null
        return f"{appstruct // 100}.{appstruct % 100:02d}" if appstruct % 100 else str(appstruct // 100)

    def deserialize(self, node, cstruct):
        if cstruct is null or not cstruct:
            return null
        written = EUROS.fullmatch(re.sub(r"[\s€]", "", str(cstruct)))
        if written is None:
            raise Invalid(node, _("Write an amount in euros, such as 12.50."))
        euros, cents = written.groups(default="")
        return int(euros) * 100 + int(cents.ljust(2, "0") or "0")


def whole_minutes(node, at: datetime | time) -> None:
    """A validator: what is agreed is agreed to the minute, so that nobody stands a few seconds outside the hours."""
    if at.second or at.microsecond:
        raise Invalid(node, _("Give whole minutes, without seconds."))


class LocalMoment(SchemaType):
    """The time on the clocks of ``zone`` (an IANA name), ``2026-10-22T14:30``; an instant in UTC as we keep it.

    It is a whole minute. An hour that summer time skips is refused; one that comes twice means standard time, which is
    the second.
    """

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def serialize(self, node, appstruct):
        if appstruct is null or appstruct is None:
            return null
        return appstruct.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")

    def deserialize(self, node, cstruct):
        if cstruct is null or not cstruct:
            return null
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", str(cstruct)):
            raise Invalid(node, _("Write a day and a time, such as 2026-10-22T14:30."))
        try:
            on_the_wall = datetime.fromisoformat(str(cstruct))
            instant = on_the_wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        except (ValueError, OverflowError) as wrong:
            raise Invalid(node, _("Write a day and a time, such as 2026-10-22T14:30.")) from wrong
        whole_minutes(node, instant)
        if instant.astimezone(self.zone).replace(tzinfo=None) != on_the_wall:
            raise Invalid(node, _("This hour does not exist: the clocks go forward that night."))
        return instant


def ticked(node, value: bool) -> None:
    """A validator: the box must be ticked to go on."""
    if not value:
        raise Invalid(node, _("Please tick this box to go on."))


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """What somebody sent: a name fit to show, its bytes and how many. What it is, is found by looking into it."""

    name: str
    content: BinaryIO
    size: int


class Upload(SchemaType):
    """A file of at most ``most_bytes``. What is in it is for :mod:`portal.media` to judge."""

    def __init__(self, most_bytes: int = 10 * MEBIBYTE) -> None:
        self.most_bytes = most_bytes

    def serialize(self, node, appstruct):
        return null

    def deserialize(self, node, cstruct):
        if cstruct is null:
            return null
        content = cstruct.file
        size = content.seek(0, 2)
        content.seek(0)
        if size > self.most_bytes:
            most = self.most_bytes // MEBIBYTE
            raise Invalid(node, _("This file is too large: ${most} MB at most.", mapping={"most": most}))
        if size == 0:
            raise Invalid(node, _("This file is empty."))
        name = cleaned(re.split(r"[\\/]", cstruct.filename or "")[-1])[-120:]
        return UploadedFile(name, content, size)
