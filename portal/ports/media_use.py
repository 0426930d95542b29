"""Who shows media? Told by the media library of every change of what is heard, seen or read in one."""

from typing import Protocol
from uuid import UUID


class MediaUse(Protocol):
    """With nobody to tell, nothing but the media itself follows."""

    def changed(self, media_id: UUID) -> None:
        """Let what shows the media follow: it became ready, was put into words, or was taken back.

        Called in the transaction of the change, while the media is held.
        """
        ...
