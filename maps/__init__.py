"""Maps: everything the commons made, above all audio trails: walked, heard, added to, taken home and reused."""

from portal.i18n import _
from portal.kept import Kept


def includeme(config) -> None:
    config.include(".models")
    config.include(".permissions")
    config.include(".acts")
    config.include(".services")
    config.include(".offers")
    config.include(".tasks")
    config.include(".routes")
    config.registry.kept_of_map = Kept()
    config.add_index_kind("trail", _("Audio trail"), "headphones", "map")
    config.add_index_kind("stop", _("Stop of a trail"), "pin", "map")
    config.add_index_kind("place", _("Place"), "pin", "map")
    config.add_main_link(_("Trails"), "maps.trails", ["/trails", "/stops"])
    config.add_main_link(_("Map"), "maps.map", ["/map", "/places"])
    config.add_assets("maps")
    config.add_openapi("maps:openapi.yaml")
    config.add_open_data(_("Everything on the map, for map programs (OGC API - Features)"), "ogc")
    config.add_translation_dirs("maps:locale")
    config.scan(".views")
