"""Equipment lending: what the city's lending points hold, who borrows it, when, and in what state it returns."""


def includeme(config) -> None:
    config.include(".models")
    config.include(".permissions")
    config.include(".services")
    config.add_translation_dirs("equipment_lending:locale")
