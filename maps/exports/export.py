"""What every file is made of: a trail with what is heard in it, in one language, and where the portal is."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from maps.queries.trails import ShownStop, ShownTrail
from maps.terms import Texts
from portal.i18n import in_language
from portal.licences import LICENCES, Licence
from portal.media.queries import ShownMedia


@dataclass(frozen=True, slots=True)
class Site:
    """The portal: its address without a slash at the end, and the city's name for it."""

    base_url: str
    name: str

    def url(self, path: str) -> str:
        """Return a path of ours in full, as files say it."""
        return self.base_url + quote(path, safe="/?=&#%")


@dataclass(frozen=True, slots=True)
class Export:
    """A trail to take away. ``media`` are those of its stops that can be heard and seen, by id.

    Texts are in ``language`` where they are there, else in the trail's own; ``credits`` names its authors.
    """

    trail: ShownTrail
    media: Mapping[UUID, ShownMedia]
    language: str
    site: Site
    credits: str

    def of(self, texts: Texts) -> str:
        """Return the words of a text."""
        return in_language(texts, self.language, self.trail.content.language)[0]

    @property
    def title(self) -> str:
        return self.of(self.trail.content.title)

    @property
    def summary(self) -> str:
        """The trail in a sentence or two; its text where nobody wrote them."""
        return self.of(self.trail.content.summary) or self.of(self.trail.content.text)

    @property
    def url(self) -> str:
        return self.site.url(self.trail.path)

    @property
    def licence(self) -> Licence:
        return LICENCES[self.trail.content.licence]

    def name_of(self, stop: ShownStop) -> str:
        """Return what a stop is called: its number on the post, and its title."""
        return " · ".join(filter(None, (stop.label, self.of(stop.content.title))))

    def url_of(self, stop: ShownStop) -> str:
        return self.site.url(stop.path)

    def media_of(self, stop: ShownStop) -> list[ShownMedia]:
        """Return what is heard and seen at a stop, in order."""
        return [self.media[media_id] for media_id in stop.media if media_id in self.media]


def credit_line(media: ShownMedia) -> str:
    """Return whom to name for a media, and its licence: «Son’ar Mein, CC BY-SA 4.0»."""
    return ", ".join(filter(None, (media.attribution, media.licence.label)))
