"""What a question to the public index looks like."""

import colander

from portal.forms.widgets import SearchInput, Select
from portal.i18n import _


@colander.deferred
def kinds(_node, bound) -> Select:
    known = bound["request"].registry.index_kinds.values()
    return Select(values=tuple((kind.name, kind.label) for kind in known), blank=_("Everything"))


class SearchSchema(colander.Schema):
    q = colander.SchemaNode(colander.String(), title=_("What are you looking for?"), missing="", widget=SearchInput())
    kind = colander.SchemaNode(colander.String(), title=_("Kind"), missing="", widget=kinds)
