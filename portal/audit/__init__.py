"""audit."""


def includeme(config) -> None:
    pass
