"""Languages: which are offered, which one a reader gets, and how dates, numbers and money are said in it.

English texts in the code are the message ids; ``locale/<language>/LC_MESSAGES/portal.po`` of a package has the others.
"""

import re
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from jinja2 import pass_eval_context
from markupsafe import Markup, escape
from pyramid.events import ApplicationCreated, BeforeRender
from pyramid.i18n import TranslationString, TranslationStringFactory, make_localizer
from pyramid.interfaces import ITranslationDirectories
from pyramid.threadlocal import get_current_request
from pyramid_jinja2 import IJinja2Environment

_ = TranslationStringFactory("portal")

OFFERED = ("fr", "en")
"""The languages a reader can choose: those whose catalogues are complete."""

REGIONS = {"en": "en_GB"}
"""Where a language is not said as in most of its countries: in Brest, English dates and hours are European ones."""

NAMES = {"fr": "Français", "en": "English", "br": "Brezhoneg"}
SPOKEN = ("fr", "br", "en", "ar", "cs", "cy", "de", "es", "ga", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "zh")
"""In which something may be told or heard: those of the city first, then what is spoken in it and in its twin towns."""

LANGUAGE_COOKIE = "language"


def includeme(config) -> None:
    config.registry.languages_of = lambda _request: OFFERED  # until the city says otherwise, in portal.pages.city
    config.set_locale_negotiator(negotiate)
    config.add_translation_dirs("portal:locale")
    config.add_request_method(lambda request: Words(request.locale_name), "words", reify=True)
    config.add_request_method(ngettext)
    config.add_subscriber(_lend_words, BeforeRender)
    config.add_subscriber(_say_directly, ApplicationCreated)


def negotiate(request) -> str:
    """Return the reader's language: the one chosen on this browser, the person's, the browser's, else the city's first.

    The person's is known once somebody has asked who is there, as the permission of every page does.
    """
    offered = request.registry.languages_of(request)
    chosen = request.registry.cookies.get(request, LANGUAGE_COOKIE)
    if chosen in offered:
        return chosen
    identity = request.environ.get("portal.identity")
    if identity is not None and identity.language in offered:
        return identity.language
    return request.accept_language.lookup(offered, default=offered[0])


def ngettext(request, singular: str, plural: str, n: int, **values: object) -> str:
    """Return the message for ``n`` in the reader's language, with ``${n}`` and the other values filled in."""
    return request.localizer.pluralize(singular, plural, n, domain="portal", mapping={"n": n} | values)


def in_language(text: Mapping[str, str], language: str, fallback: str = "fr") -> tuple[str, str]:
    """Return ``(words, language they are in)`` of a text in several: the wanted one, else the fallback, else any."""
    for code in (language, fallback, *text):
        if text.get(code):
            return text[code], code
    return "", language


@contextmanager
def speaking(request, language: str):
    """Let everything rendered with ``request`` speak ``language`` for a while, as a letter to somebody else must."""
    before = {name: request.__dict__.get(name) for name in ("locale_name", "localizer", "words")}
    translations = request.registry.queryUtility(ITranslationDirectories, default=[])
    request.__dict__.update(
        locale_name=language, localizer=make_localizer(language, translations), words=Words(language)
    )
    try:
        yield request
    finally:
        for name, value in before.items():
            if value is None:
                request.__dict__.pop(name, None)
            else:
                request.__dict__[name] = value


Day = date | datetime
Instant = datetime
Wall = time  # the methods below borrow these names


class Words:
    """How dates, times, numbers and money are said in one language. Times need the zone of the place they concern."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = REGIONS.get(language, language)

    def of(self, text: Mapping[str, str]) -> str:
        """Return a text kept in several languages in this one, or in one that it has."""
        return in_language(text, self.language)[0]

    def other(self, text: Mapping[str, str]) -> str | None:
        """Return the language that :meth:`of` answers in where it is not this one, for the attribute ``lang``."""
        spoken = in_language(text, self.language)[1]
        return None if spoken == self.language else spoken

    def tongue(self, code: str) -> str:
        """Return what a language is called in this one: «breton»; the code where it has no name."""
        return Locale.parse(self._locale).languages.get(code, code)

    def date(self, day: Day, zone: str | None = None, form: str = "long") -> str:
        """Return «22 octobre 2026»; ``form`` ``full`` names the weekday too."""
        return self._said(dates.format_date(_local(day, zone), format=form, locale=self._locale))

    def day(self, day: Day, zone: str | None = None) -> str:
        """Return «jeudi 22 octobre»."""
        return self._said(dates.format_date(_local(day, zone), format="EEEE d MMMM", locale=self._locale))

    def short_day(self, day: Day, zone: str | None = None) -> str:
        """Return «22 oct.»."""
        return self._said(dates.format_skeleton("MMMd", _local(day, zone), locale=self._locale))

    def _said(self, day: str) -> str:
        """Return a day as it is said: French has a first of the month, «1er octobre», and then numbers."""
        return re.sub(r"(?<!\d)1(?= \D)", "1er", day) if self.language == "fr" else day

    def month(self, day: Day) -> str:
        """Return «octobre 2026»."""
        return dates.format_date(day, format="LLLL y", locale=self._locale)

    def time(self, instant: Instant, zone: str) -> str:
        """Return «14:00»."""
        return self.hour(instant.astimezone(ZoneInfo(zone)).time())

    def hour(self, wall: Wall) -> str:
        """Return «14:00» for a time on the wall."""
        return dates.format_time(wall, format="short", locale=self._locale)

    def datetime(self, instant: Instant, zone: str) -> str:
        """Return «jeudi 22 octobre à 14:00»."""
        at = " à " if self.language == "fr" else ", "
        return f"{self.day(instant, zone)}{at}{self.time(instant, zone)}"

    def period(self, start: Instant, zone: str, end: Instant, end_zone: str) -> str:
        """Return «jeudi 22 octobre, 14:00–18:00», or both days where there are two."""
        if _local(start, zone) != _local(end, end_zone):
            return f"{self.datetime(start, zone)} – {self.datetime(end, end_zone)}"
        return f"{self.day(start, zone)}, {self.time(start, zone)}–{self.time(end, end_zone)}"

    @property
    def colon(self) -> str:
        """Return a colon with its spaces; French has one before it too, which does not break."""
        return "\N{NO-BREAK SPACE}: " if self.language == "fr" else ": "

    def number(self, value: float) -> str:
        return numbers.format_decimal(value, locale=self._locale)

    def money(self, cents: int) -> str:
        """Return «150 €», with cents only where there are some."""
        pattern = None if cents % 100 else "¤#,##0" if self.language == "en" else "#,##0\N{NO-BREAK SPACE}¤"
        return numbers.format_currency(
            cents / 100, "EUR", format=pattern, locale=self._locale, currency_digits=bool(cents % 100)
        )


def _local(day: date | datetime, zone: str | None) -> date:
    if isinstance(day, datetime):
        if zone is None:
            raise TypeError("an instant is on a day only in a zone")
        return day.astimezone(ZoneInfo(zone)).date()
    return day


def _say_directly(event: ApplicationCreated) -> None:
    """Let ``_()`` of the templates be one call, where Jinja makes three of it and translates anew each time."""
    kept: dict[tuple[str, str], str] = {}  # there are as many as templates have sentences

    def translated(message: str) -> str:
        localizer = get_current_request().localizer
        key = localizer.locale_name, str(message)
        if key not in kept:
            kept[key] = localizer.translate(str(message), domain="portal")
        return kept[key]

    @pass_eval_context
    def say(around, message: str, /, **values: object) -> str:
        if isinstance(message, TranslationString):  # of the code, with values of its own
            text = get_current_request().localizer.translate(message)
            said = escape(text) if around.autoescape else text
            return said % values if values else said
        text = translated(message)
        return (Markup(text) if around.autoescape else text) % values  # noqa: S704 (ours)

    templates = event.app.registry.getUtility(IJinja2Environment, name=".jinja2")
    templates.globals.update(_=say, gettext=say)


def _lend_words(event: BeforeRender) -> None:
    request = event.get("request")
    if request is not None:
        event["words"] = request.words
