"""What protection remembers: how often something was tried."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.row import Row


class Window(Row):
    """How often ``act`` was tried by a key (an account, an address) in the window of time that began then.

    Read and written by :mod:`portal.security.limits` alone, which keeps of a key no more than its keyed hash.
    """

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("act", "key", "window_start"),)

    act: Mapped[str]
    key: Mapped[str]
    window_start: Mapped[datetime]
    count: Mapped[int] = mapped_column(server_default=text("0"))
