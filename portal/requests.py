"""The class of a request. Pyramid makes one for each request, for what packages add to it; ours is made once."""

from pyramid.events import ApplicationCreated
from pyramid.request import Request


def includeme(config) -> None:
    config.add_subscriber(settle, ApplicationCreated)


def settle(event: ApplicationCreated) -> None:
    """Give the application a class of requests that has every method and property added by then."""
    app = event.app
    added = {**app.request_extensions.methods, **app.request_extensions.descriptors}
    app.request_factory = type("Request", (Request,), added | {"__module__": Request.__module__})
    app.request_extensions = None
