"""What somebody looks for on the map: the names are those of the API, so that one question asks both."""

import colander

from maps.schemas.boxes import BoxText
from portal.forms.widgets import Checkbox, CheckboxChoice, DateInput, Hidden, SearchInput, Select
from portal.i18n import _

NO_BOX = _("This is no part of the map. Take it out to see all of it.")


def _choice(name: str, title: str, everything: str) -> colander.SchemaNode:
    @colander.deferred
    def values(_node, bound):
        return Select(values=bound[name], blank=everything)

    return colander.SchemaNode(colander.String(), name=name, title=title, missing=None, widget=values)


@colander.deferred
def _kinds(_node, bound):
    return CheckboxChoice(values=bound["kinds"])


class MapSchema(colander.Schema):
    """Bound with ``kinds``, ``theme``, ``licence`` and ``language``: what there is to choose, as (value, label)."""

    q = colander.SchemaNode(
        colander.String(), title=_("What"), missing="", widget=SearchInput(), validator=colander.Length(max=200)
    )
    near = colander.SchemaNode(
        colander.String(),
        title=_("Around an address"),
        missing="",
        widget=SearchInput(),
        validator=colander.Length(max=200),
    )
    kinds = colander.SchemaNode(colander.Set(), title=_("What is shown"), missing=frozenset(), widget=_kinds)
    theme = _choice("theme", _("Theme"), _("All themes"))
    licence = _choice("licence", _("Licence"), _("All licences"))
    language = _choice("language", _("Language"), _("All languages"))
    since = colander.SchemaNode(colander.Date(), title=_("From"), missing=None, widget=DateInput())
    until = colander.SchemaNode(colander.Date(), title=_("Until"), missing=None, widget=DateInput())
    access = colander.SchemaNode(
        colander.Boolean(), title=_("Accessible in a wheelchair"), missing=False, widget=Checkbox()
    )
    bbox = colander.SchemaNode(BoxText(NO_BOX), title=_("Part of the map"), missing=None, widget=Hidden())
    page = colander.SchemaNode(
        colander.Integer(), title=_("Page"), missing=1, widget=Hidden(), validator=colander.Range(1, 10_000)
    )

    def validator(self, node, asked) -> None:
        if asked["since"] and asked["until"] and asked["until"] < asked["since"]:
            wrong = colander.Invalid(node)
            wrong["until"] = _("This is before the first day. Choose the same day or a later one.")
            raise wrong
