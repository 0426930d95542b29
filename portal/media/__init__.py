"""Files that people send: kept under names that say what is in them, served for good; sounds, pictures and videos made
fit to be heard and seen, with a licence, words for those who cannot hear, and a count of who listens.

A file's name carries the hash of its content, so what is behind an address never changes and may be kept for ever.
"""


def includeme(config) -> None:
    config.include(".models")
    config.include(".permissions")
    config.include(".photos")
    config.include(".credit")
    config.include(".acts")
    config.include(".services")
    config.include(".offers")
    config.include(".tasks")
    config.include(".serving")
