"""Moderation after the fact: what is public stays so until somebody who may says why not. Nothing of that is erased."""


def includeme(config) -> None:
    config.include(".models")
