"""api."""


def includeme(config) -> None:
    pass
