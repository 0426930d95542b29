"""index."""


def includeme(config) -> None:
    pass
