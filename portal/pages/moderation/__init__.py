"""Where visitors say that something is wrong, and where moderators decide on it."""

from portal.i18n import _
from portal.moderation.permissions import Moderate


def includeme(config) -> None:
    config.add_route("flag", "/flag/{kind}/{id}")
    config.add_route("moderation", "/admin/moderation")
    config.add_route("moderation.hidden", "/admin/moderation/hidden")
    config.add_route("moderation.acts", "/admin/moderation/acts")
    config.add_route("moderation.thing", "/admin/moderation/{kind}/{id}")
    config.add_main_link(_("Moderation"), "moderation", ["/admin/moderation"], Moderate.KEEP_WATCH)
    about = _("What visitors report, what is hidden, and what was done.")
    config.add_admin_link(_("Moderation"), "moderation", Moderate.DECIDE, about, "flag")
    config.scan("portal.pages.moderation")
