"""Moderation after the fact: what is public stays so until somebody who may says why not. Nothing of that is erased."""


def includeme(config) -> None:
    config.include(".models")
    config.include(".permissions")
    config.include(".acts")
    config.include(".services")
    config.include(".offers")
    config.include(".tasks")
