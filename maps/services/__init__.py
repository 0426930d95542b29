"""The only room of maps that writes. Each service locks what it decides on, gathers, asks a rule, and records."""

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    config.include(".wiring")
