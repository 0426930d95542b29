"""What the city says of itself, changed section by section, each change audited."""

from datetime import date

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from portal.forms import Button, fail, submitted
from portal.i18n import NAMES, OFFERED, _
from portal.media.services import Files
from portal.pages.admin.schemas import SECTIONS
from portal.pages.city import DEFAULTS, TRANSLATED
from portal.pages.logo import UnusableLogo, logo
from portal.pages.permissions import Upkeep
from portal.pages.services import CitySettings


@view_config(
    route_name="admin.settings",
    renderer="portal:templates/portal/admin/settings.jinja2",
    permission=Upkeep.CHANGE_SETTINGS,
    request_method="GET",
)
def sections(request):
    """The sections, a card each."""
    return {"sections": SECTIONS.values()}


@view_defaults(
    route_name="admin.settings.section",
    renderer="portal:templates/portal/admin/settings_section.jinja2",
    permission=Upkeep.CHANGE_SETTINGS,
)
class SettingsSection:
    """One section of the settings."""

    def __init__(self, request) -> None:
        self.request = request
        section = SECTIONS.get(request.matchdict["section"])
        if section is None:
            raise HTTPNotFound
        self.section = section
        self.now = {**DEFAULTS, **request.city_told.values}
        buttons = [Button("save", _("Save"), "now")]
        if self.section.previewed:
            buttons.append(Button("preview", _("Preview"), "quiet"))
        self.form = request.new_form(self.section.schema(), buttons=buttons, name="settings")

    @view_config(request_method="GET")
    def show(self):
        self.form.set_appstruct({name: shown(name, self.now[name]) for name in self._fields()})
        return self._page()

    @view_config(request_method="POST", request_param="preview")
    def preview(self):
        wish = submitted(self.form, self.request)
        return self._page(preview=self._texts(wish) if wish else ())

    @view_config(request_method="POST")
    def save(self):
        wish = submitted(self.form, self.request)
        if wish is None:
            return self._page()
        try:
            values = self._kept(wish)
        except UnusableLogo:
            fail(self.form, "logo", _("This picture cannot be used: send a PNG, JPEG or WebP file."))
            self.request.response.status_int = 422
            return self._page()
        changed = self.request.find_service(CitySettings).change(values)
        # After the transaction, so that nobody reads the former values into the cache again.
        self.request.add_finished_callback(self.request.registry.city_values.forget)
        self.request.tell("good", _("Saved.") if changed else _("Nothing was changed."))
        return HTTPSeeOther(self.request.route_path("admin.settings"))

    def _fields(self) -> list[str]:
        return [child.name for child in self.form.children if child.name in DEFAULTS and child.name != "logo"]

    def _kept(self, wish: dict) -> dict:
        """Return the section's values as they are kept. Raises :class:`UnusableLogo`."""
        values = {name: keepable(name, wish[name], self.now[name]) for name in self._fields()}
        if wish.get("without_logo"):
            values["logo"] = ""
        elif wish.get("logo"):
            name, content = logo(wish["logo"].content)
            self.request.find_service(Files).keep(name, content)
            values["logo"] = name
        return values

    def _texts(self, wish: dict) -> list[tuple[str, str, str]]:
        """Return what would be shown: title of the text, code of its language, its Markdown."""
        titles = {child.name: child.title for child in self.form.children}
        texts = [(titles[name], code, wish[name][code]) for name in self.section.previewed for code in OFFERED]
        return [(title, code, text) for title, code, text in texts if text]

    def _page(self, preview=()) -> dict:
        return {"section": self.section, "form": self.form, "preview": preview, "language_names": NAMES}


def shown(name: str, value):
    """Return a kept value as its field takes it."""
    if name in TRANSLATED:
        return {code: value.get(code, "") for code in OFFERED}
    return date.fromisoformat(value) if name == "accessibility_audited_on" and value else value


def keepable(name: str, value, before):
    """Return a sent value as JSON keeps it. Texts in languages that were not asked for stay, empty ones do not."""
    if name in TRANSLATED:
        unasked = {code: text for code, text in before.items() if code not in OFFERED}
        return unasked | {code: text for code, text in value.items() if text}
    return value.isoformat() if isinstance(value, date) else value
