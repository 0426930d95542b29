"""What the acts of moderation are called in the audit trail, each as it continues the name of a person."""

from portal.i18n import _

ACTS = {
    "moderation.hide": _("hid something"),
    "moderation.remove": _("removed something for good"),
    "moderation.restore": _("put something hidden back"),
    "moderation.settle": _("found nothing wrong with something"),
}


def includeme(config) -> None:
    config.add_acts(ACTS, notes={"flags": _("reports")})
