"""In which language something is read that is told in several."""

from collections.abc import Sequence
from dataclasses import dataclass

from maps.terms import PlaceContent, Texts, TrailContent
from portal.i18n import in_language


@dataclass(frozen=True, slots=True)
class Telling:
    """Texts in the language ``wanted`` where they are there, else in their ``own``; the page around is in ``page``."""

    wanted: str
    own: str
    page: str

    def of(self, text: Texts) -> str:
        """Return the words of a text."""
        return in_language(text, self.wanted, self.own)[0]

    def other(self, text: Texts) -> str | None:
        """Return the language of these words where it is not the page's, for the attribute ``lang``."""
        spoken = in_language(text, self.wanted, self.own)[1]
        return None if spoken == self.page or not text else spoken


def telling(request, content: TrailContent | PlaceContent) -> Telling:
    """Return how a page tells a content: in the language asked for with ``?lang=``, else in the reader's."""
    asked = request.GET.get("lang", "")
    wanted = asked if asked in content.title else request.locale_name
    return Telling(wanted, content.language, request.locale_name)


def offered(request, content: TrailContent | PlaceContent, codes: Sequence[str]) -> list[tuple[str, str, str, bool]]:
    """Return the languages that a content can be read in: code, name, address, whether it is the one that is read."""
    told = telling(request, content)
    reading = told.wanted if told.wanted in codes else content.language
    kept = {name: value for name, value in request.GET.items() if name != "lang"}
    return [
        (code, request.words.tongue(code), request.current_route_path(_query=kept | {"lang": code}), code == reading)
        for code in codes
    ]
