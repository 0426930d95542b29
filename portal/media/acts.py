"""What acts on media are called in the audit trail, each as it continues the name of a person."""

from portal.i18n import _

ACTS = {
    "media.change": _("changed what is said of a media"),
    "media.remove": _("removed a media"),
}
THINGS = {"media": _("media")}
NOTES = {"fields": _("changed")}


def includeme(config) -> None:
    config.add_acts(ACTS, THINGS, NOTES)
