"""A trail in one language: what it says in it, and the trail once it says something else in it."""

from dataclasses import replace

from maps.terms import StopContent, StopWords, Texts, TrailContent, Translation


def translation(content: TrailContent, language: str) -> Translation:
    """Return what a trail says in a language; empty where it says nothing in it."""
    return Translation(
        title=content.title.get(language, ""),
        summary=content.summary.get(language, ""),
        text=content.text.get(language, ""),
        obstacles=content.access.obstacles.get(language, ""),
        stops={stop.id: _words(stop, language) for stop in content.stops},
    )


def translated(content: TrailContent, language: str, said: Translation) -> TrailContent:
    """Return the trail with this translation. Stops that it does not speak of say what they said before."""
    return replace(
        content,
        title=_with(content.title, language, said.title),
        summary=_with(content.summary, language, said.summary),
        text=_with(content.text, language, said.text),
        access=replace(content.access, obstacles=_with(content.access.obstacles, language, said.obstacles)),
        stops=tuple(
            _translated_stop(stop, language, said.stops[stop.id]) if stop.id in said.stops else stop
            for stop in content.stops
        ),
    )


def languages(content: TrailContent) -> frozenset[str]:
    """Return the languages in which a trail can be followed: its title and everything its stops say is in them."""
    spoken = frozenset(content.title)
    for stop in content.stops:
        for texts in (stop.title, stop.text, stop.directions):
            if texts:
                spoken &= frozenset(texts)
    return spoken


def _words(stop: StopContent, language: str) -> StopWords:
    return StopWords(*(texts.get(language, "") for texts in (stop.title, stop.text, stop.directions)))


def _translated_stop(stop: StopContent, language: str, said: StopWords) -> StopContent:
    return replace(
        stop,
        title=_with(stop.title, language, said.title),
        text=_with(stop.text, language, said.text),
        directions=_with(stop.directions, language, said.directions),
    )


def _with(texts: Texts, language: str, text: str) -> Texts:
    others = {code: other for code, other in texts.items() if code != language}
    return others | {language: text} if text.strip() else others
