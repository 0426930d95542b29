"""The only room of lending that writes. Each service locks what it decides on, gathers, asks a rule, and records."""


def includeme(config) -> None:
    config.include(".wiring")
