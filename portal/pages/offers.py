"""Our answer to the kernel's question which files are needed: the city's logo is."""

from collections.abc import Collection

from portal.pages.city import changed_values
from portal.ports.file_use import FileUse


class LogoFile:
    """The logo that the city shows now."""

    def __init__(self, request) -> None:
        self._session = request.db

    def needed(self, names: Collection[str]) -> set[str]:
        return {changed_values(self._session).get("logo", "")} & set(names)


def includeme(config) -> None:
    config.answer(FileUse, LogoFile)
