"""What visitors and moderators write."""

import colander

from portal.forms.widgets import RadioChoice, TextArea
from portal.i18n import _
from portal.moderation.terms import MOST_WORDS, Concern
from portal.pages.moderation.words import CONCERNS


class FlagSchema(colander.Schema):
    """What is wrong with something."""

    concern = colander.SchemaNode(
        colander.String(),
        title=_("What is wrong?"),
        widget=RadioChoice(values=[(concern.value, CONCERNS[concern]) for concern in Concern]),
        preparer=lambda value: Concern(value) if value else value,
    )
    words = colander.SchemaNode(
        colander.String(),
        title=_("In your own words"),
        description=_("Which part is it about, and how do you know? Only moderators read it."),
        widget=TextArea(),
        validator=colander.Length(max=MOST_WORDS),
    )


class ReasonSchema(colander.Schema):
    """Why something is hidden, put back or removed."""

    reason = colander.SchemaNode(
        colander.String(),
        title=_("Reason"),
        description=_("Its authors read it. It is kept for good, so name nobody."),
        widget=TextArea(rows=3),
        validator=colander.Length(max=MOST_WORDS),
    )
