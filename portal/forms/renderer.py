"""Our own templates for deform: a widget without one of ours is an error, never a stock one."""

from jinja2 import Environment
from markupsafe import Markup
from pyramid_jinja2 import IJinja2Environment
from translationstring import TranslationString

from portal.forms.messages import PLAIN


class Renderer:
    """Turns a template's name and values into markup, in the reader's language.

    ``asks`` is false for forms that only sort or filter: nothing is asked for there, so nothing is marked as optional.
    """

    def __init__(self, request, asks: bool = True) -> None:
        self._asks = asks
        self._localizer = request.localizer
        self._language = request.locale_name
        self._environment: Environment = request.registry.getUtility(IJinja2Environment, name=".jinja2")

    def __call__(self, template_name: str, **values: object) -> Markup:
        """Render ``portal/forms/<template_name>.jinja2``. Raises ``jinja2.TemplateNotFound`` if there is none."""
        template = self._environment.get_template(f"portal:templates/portal/forms/{template_name}.jinja2")
        return Markup(template.render(say=self.say, language=self._language, asks=self._asks, **values))  # noqa: S704 it escapes by itself

    def say(self, message: object) -> str:
        """Return a label or message in the reader's language, and in our words where colander has others."""
        if not isinstance(message, TranslationString):
            return str(message)
        ours = PLAIN.get(str(message), message)
        return self._localizer.translate(ours % message.mapping if message.mapping else ours)
