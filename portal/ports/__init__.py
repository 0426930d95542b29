"""The conversations between features: one small file each. Listing this folder is reading the map of the product.

A port is a ``typing.Protocol`` of one or two questions and frozen dataclasses, made of nothing but the standard library
and the kernel's terms. A feature answers with ``config.answer(Port, factory)``; whoever wants to know calls
``request.ask(Port)`` (one asks, one answers) or ``request.ask_all(Port)`` (one asks, many answer). Each port says what
holds when nobody answers.
"""

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    config.include("portal.ports.exchange")
