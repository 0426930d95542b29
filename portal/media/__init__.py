"""Files that people send: kept under names that say what is in them, served for good.

A file's name carries the hash of its content, so what is behind an address never changes and may be kept for ever.
"""


def includeme(config) -> None:
    config.include(".models")
    config.include(".photos")
    config.include(".serving")
