"""Equipment lending: what the city's lending points hold, who borrows it, when, and in what state it returns."""

from equipment_lending.permissions import Lending
from portal.i18n import _


def includeme(config) -> None:
    config.include(".models")
    config.include(".permissions")
    config.include(".acts")
    config.include(".services")
    config.include(".offers")
    config.include(".tasks")
    config.include(".routes")
    config.add_index_kind("equipment", _("Equipment"), "borrow", "lend")
    config.add_index_kind("point", _("Lending point"), "pin", "lend")
    config.add_main_link(_("Borrow"), "lending.catalogue", ["/equipment", "/points"])
    config.add_main_link(_("My loans"), "lending.loans", ["/loans"], Lending.SEE_OWN_LOANS)
    config.add_main_link(_("The desk"), "desk", ["/desk"], Lending.SERVE)
    config.add_admin_link(
        _("What is lent"),
        "lending.manage",
        Lending.MANAGE_FLEET,
        _("Lending points, catalogue, items, rules, spreadsheets"),
        "borrow",
    )
    config.add_assets("equipment_lending")
    config.add_openapi("equipment_lending:openapi.yaml")
    config.add_translation_dirs("equipment_lending:locale")
    config.scan(".views")
