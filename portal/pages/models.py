"""What a city decides while the portal runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.row import Row


class CitySetting(Row):
    """One value that the city changed from its default; see ``portal.pages.city``."""

    __tablename__ = "city_setting"

    key: Mapped[str] = mapped_column(unique=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]
