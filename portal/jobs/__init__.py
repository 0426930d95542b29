"""jobs."""


def includeme(config) -> None:
    pass
