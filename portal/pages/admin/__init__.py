"""What administrators see of the portal itself: what the city says, what staff did, and the background work."""

from portal.i18n import _
from portal.pages.permissions import Upkeep


def includeme(config) -> None:
    config.include("portal.pages.permissions")
    config.add_route("admin.settings", "/admin/settings")
    config.add_route("admin.settings.section", "/admin/settings/{section}")
    config.add_route("admin.audit", "/admin/audit")
    config.add_route("admin.audit.csv", "/admin/audit.csv")
    config.add_route("admin.jobs", "/admin/jobs")
    config.add_route("admin.letter", "/admin/letter")
    config.add_route("admin.job", "/admin/jobs/{job}")
    config.add_main_link(_("Administration"), "admin", ["/admin"], Upkeep.CHANGE_SETTINGS)
    link = config.add_admin_link
    link(_("Settings"), "admin.settings", Upkeep.CHANGE_SETTINGS, _("Name, contact, texts, map, legal notice."))
    link(_("Audit trail"), "admin.audit", Upkeep.READ_AUDIT, _("What staff did, when and for whom."), "search")
    link(_("Background work"), "admin.jobs", Upkeep.WATCH_JOBS, _("E-mails and other work, done or not."), "clock")
    config.scan("portal.pages.admin")
