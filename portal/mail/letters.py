"""How a letter is written: a Jinja2 template ending in ``.txt``, whose first line is the subject.

Subject: {{ _("Your booking is confirmed") }}

{% trans %}Hello,{% endtrans %}
{{ url("/loans") }}
"""

import re
from dataclasses import dataclass

from pyramid.renderers import render

from portal.i18n import OFFERED, speaking
from portal.mail.message import one_line
from portal.people.models import Person

SUBJECT = re.compile(r"Subject:(.*?)\n[ \t]*\n", re.DOTALL)
BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's words: one line of subject, and the text."""

    language: str
    subject: str
    text: str


class Writer:
    """Writes letters with what the request lends its templates, in the reader's language."""

    def __init__(self, request) -> None:
        self._request = request

    def language_of(self, person: Person) -> str | None:
        """Return the language in which to write to somebody, None for the present one.

        Who chose none reads what they read now, or the city's first where somebody else is at work.
        """
        identity = self._request.identity
        is_anothers = identity is not None and identity.person_id != person.id
        return person.language or (self._request.registry.languages_of(self._request)[0] if is_anothers else None)

    def write(self, template: str, language: str | None, values: dict[str, object]) -> Written:
        """Return the letter in ``language``, in the present one where that is not offered.

        Raises ``ValueError`` for a template that does not begin with its subject and a blank line.
        """
        spoken = language if language in OFFERED else self._request.locale_name
        base_url = self._request.registry.portal_settings.base_url
        lent = {"base_url": base_url, "url": lambda path: f"{base_url}/{path.removeprefix('/')}"}
        with speaking(self._request, spoken):
            letter = render(template, lent | values, request=self._request)
        return parted(letter.lstrip(), spoken)


def parted(letter: str, language: str) -> Written:
    """Return the letter's subject, on one line whatever was put into it, and its text."""
    found = SUBJECT.match(letter)
    if found is None:
        raise ValueError("a letter begins with a line «Subject: …» and a blank line")
    return Written(language, one_line(found[1]), BLANK_LINES.sub("\n\n", letter[found.end() :]).strip() + "\n")


def includeme(config) -> None:
    """Templates of letters end in ``.txt`` and are plain text: what is put into them is not escaped as HTML."""
    settings = config.get_settings()
    for name in [name for name in settings if name.startswith("jinja2.")]:
        settings[f"letter.{name.removeprefix('jinja2.')}"] = settings[name]
    settings["letter.autoescape"] = False
    config.add_jinja2_renderer(".txt", settings_prefix="letter.")
