"""mail."""


def includeme(config) -> None:
    pass
