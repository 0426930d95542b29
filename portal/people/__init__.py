"""People: their accounts, the organisations they belong to, the roles they hold, and how they prove who they are."""


def includeme(config) -> None:
    config.include(".links")
    config.include(".permissions")
    config.include(".services")
    config.include(".offers")
    config.include(".tasks")
    config.include(".routes")
    config.add_request_method("portal.people.queries.present_person", "person", reify=True)
    config.include(".views")
    config.include(".acts")
