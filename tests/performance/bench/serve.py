"""The portal on waitress, as ``portal serve`` runs it, without a worker: ``python -m … host:port``.

At ``/bare`` it has a view that does nothing, behind all that stands before every view of the house.
"""

import logging
import sys

from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

from portal.app import configure
from portal.operations.serving import serve
from portal.settings import Settings

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    settings = Settings.from_ini({"portal.listen": sys.argv[1]})
    config = configure(settings)
    config.add_route("bare", "/bare")
    config.add_view(lambda _request: Response("hello"), route_name="bare", permission=NO_PERMISSION_REQUIRED)
    serve(config.make_wsgi_app(), settings, with_worker=False)
