"""What the acts of the map are called in the audit trail, each as it continues the name of a person.

Who said what is in the revisions; here is who showed it, and who took it back.
"""

from portal.i18n import _

ACTS = {
    "maps.author_added": _("named an author of a trail"),
    "maps.author_removed": _("took an author off a trail"),
    "maps.publish": _("published a trail"),
    "maps.withdraw": _("withdrew a trail"),
}

THINGS = {"trail": _("trail")}

NOTES = {"person": _("person"), "trail": _("trail")}


def includeme(config) -> None:
    config.add_acts(ACTS, THINGS, NOTES)
