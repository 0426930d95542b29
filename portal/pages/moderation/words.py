"""What moderation is called on pages."""

from portal.i18n import _
from portal.moderation.terms import Act, Concern, Standing

CONCERNS = {
    Concern.MISTAKE: _("It is not right, or out of date"),
    Concern.RIGHTS: _("It shows or plays somebody, or somebody's work, without their consent"),
    Concern.HARMFUL: _("It hurts, insults or deceives"),
    Concern.DANGER: _("The way or the place is dangerous or closed"),
    Concern.OTHER: _("Something else"),
}
ACTS = {
    Act.HIDE: _("Hidden"),
    Act.RESTORE: _("Put back"),
    Act.REMOVE: _("Removed for good"),
}
STANDINGS = {
    Standing.VISIBLE: _("seen by everybody"),
    Standing.HIDDEN: _("hidden"),
    Standing.REMOVED: _("removed for good"),
}
HUES = {Standing.VISIBLE: "good", Standing.HIDDEN: "warn", Standing.REMOVED: "wrong"}
"""The colours that go with them; words never depend on these."""

ALREADY = {
    Standing.VISIBLE: _("Nothing to put back: everybody sees it."),
    Standing.HIDDEN: _("Somebody else has hidden it in the meantime."),
    Standing.REMOVED: _("It was removed for good. Nothing can be done to it any more."),
}
DONE = {
    Act.HIDE: _("It is hidden. Its authors are told why."),
    Act.RESTORE: _("It is seen by everybody again. Its authors are told."),
    Act.REMOVE: _("It is removed for good. Its authors are told why."),
}
