"""The portal on waitress, as ``portal serve`` runs it, without a worker: ``python -m … host:port``."""

import logging
import sys

from portal.app import configure
from portal.operations.serving import serve
from portal.settings import Settings

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    settings = Settings.from_ini({"portal.listen": sys.argv[1]})
    serve(configure(settings).make_wsgi_app(), settings, with_worker=False)
