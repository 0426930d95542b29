"""tipg and pygeoapi, each in an environment of its own, serving the points of ``points.py`` from PostGIS.

They get a table as their own documentation has one: a number, the same words, a point with an index. One worker each.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import sleep
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg

from tests.cluster import free_port
from tests.performance.bench.points import entries

TIPG = ("tipg==1.6.1", "uvicorn")
PYGEOAPI = ("pygeoapi==0.21.0", "gunicorn", "psycopg2-binary", "geoalchemy2")
ENVIRONMENTS = Path("var/bench")

TABLE = """
CREATE TABLE places (
    fid integer PRIMARY KEY, title text, summary text, theme text, licence text, geom geometry(Point, 4326)
)
"""


def fill(url: str, many: int) -> None:
    """Put the points into a table for the peers."""
    with psycopg.connect(url) as connection:
        connection.execute(TABLE)
        with connection.cursor().copy("COPY places FROM STDIN") as rows:
            for one in entries(many):
                spot = f"SRID=4326;POINT({one['longitude']} {one['latitude']})"
                rows.write_row((one["id"], one["title"], one["summary"], one["theme"], one["licence"], spot))
        connection.execute("CREATE INDEX places_geom ON places USING gist (geom)")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


@contextmanager
def tipg(url: str) -> Iterator[int]:
    """The port of tipg on a database."""
    python, port = installed("tipg", TIPG), free_port()
    command = [python.with_name("uvicorn"), "tipg.main:app", "--host", "127.0.0.1", "--port", str(port)]
    environ = {"DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["public"]'}
    with running(command, environ, port, "/healthz"):
        yield port


@contextmanager
def pygeoapi(url: str) -> Iterator[int]:
    """The port of pygeoapi on a database."""
    python, port = installed("pygeoapi", PYGEOAPI), free_port()
    with TemporaryDirectory() as folder:
        config, described = Path(folder) / "config.yml", Path(folder) / "openapi.yml"
        config.write_text(json.dumps(pygeoapi_config(url, port)))  # which is YAML, too
        environ = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(described)}
        describe = [python.with_name("pygeoapi"), "openapi", "generate", config, "--output-file", described]
        subprocess.run(describe, env=os.environ | environ, check=True, capture_output=True)
        command = [python.with_name("gunicorn"), "pygeoapi.flask_app:APP", *gunicorn(port)]
        with running(command, environ, port, "/conformance?f=json"):
            yield port


def gunicorn(port: int) -> list[str]:
    """Return how gunicorn is run, for pygeoapi and for ourselves."""
    return ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4", "--log-level", "error"]


def pygeoapi_config(url: str, port: int) -> dict:
    where = urlsplit(url)
    said = {"en": "Places"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en"],
            "limits": {"default_items": 10, "max_items": 10000},
            "map": {"url": "http://127.0.0.1/{z}/{x}/{y}.png", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": said,
                "description": said,
                "keywords": {"en": ["places"]},
                "keywords_type": "theme",
                "terms_of_service": "",
                "url": "http://127.0.0.1",
            },
            "license": {"name": "CC0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"},
            "provider": {"name": "bench", "url": "http://127.0.0.1"},
            "contact": {"name": "bench"},
        },
        "resources": {
            "places": {
                "type": "collection",
                "title": said,
                "description": said,
                "keywords": {"en": ["places"]},
                "links": [],
                "extents": {
                    "spatial": {"bbox": [-5, 48, -4, 49], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
                },
                "providers": [
                    {
                        "type": "feature",
                        "name": "PostgreSQL",
                        "data": {
                            "host": where.hostname,
                            "port": where.port,
                            "dbname": where.path.lstrip("/"),
                            "user": where.username,
                            "password": "",
                            "search_path": ["public"],
                        },
                        "id_field": "fid",
                        "table": "places",
                        "geom_field": "geom",
                    }
                ],
            }
        },
    }


@contextmanager
def running(command: Sequence[str | Path], environ: dict[str, str], port: int, path: str) -> Iterator[None]:
    """Have a server for as long as the ``with`` block lasts."""
    with TemporaryFile() as said:
        process = subprocess.Popen(
            [str(part) for part in command], env=os.environ | environ, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            for _ in range(300):
                if process.poll() is not None:
                    said.seek(0)
                    raise RuntimeError(said.read().decode()[-3000:])
                try:
                    urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
                    break
                except OSError:
                    sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


def installed(name: str, packages: Sequence[str]) -> Path:
    """Return the Python of a peer's own environment, made if there is none."""
    folder = ENVIRONMENTS / name
    python = folder.absolute() / "bin" / "python"
    if not (folder / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(pip, check=True, env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
        (folder / "installed").touch()
    return python
