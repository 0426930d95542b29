"""people."""


def includeme(config) -> None:
    pass
