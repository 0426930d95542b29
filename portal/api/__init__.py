"""The frame of ``/api/v1``: how the API reads, answers, says no, repeats itself and describes itself.

What each feature answers is in its own ``views/api.py`` and ``openapi.yaml``.
"""

from portal.api.answering import api_defaults, api_view, money, paged, precondition
from portal.api.problems import Problem
from portal.api.reading import Instant

__all__ = ["Instant", "Problem", "api_defaults", "api_view", "money", "paged", "precondition"]


def includeme(config) -> None:
    config.include(".problems")
    config.include(".answering")
    config.include(".reading")
    config.include(".idempotency")
    config.include(".offers")
    config.include(".permissions")
    config.include(".document")
    config.include(".routes")
    config.scan(".views")
    config.scan(".moderation")
    config.scan(".media")
