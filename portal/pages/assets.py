"""Style, script, letters and pictures of our own, served under ``/static/<package>``.

``request.static_path`` adds what their content hashes to: such an address may be kept for good. Files that other files
name (letters, imported modules) have no hash in their address and are asked for again after a while.
"""

import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from pyramid.events import NewResponse
from pyramid.path import AssetResolver
from pyramid.url import URLMethodsMixin

MINUTES = 60
FOR_GOOD = "public, max-age=31536000, immutable"

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".mjs")


def includeme(config) -> None:
    config.registry.asset_packages = set()
    config.add_directive("add_assets", add_assets)
    config.add_assets("portal")
    config.add_subscriber(keep_for_good, NewResponse)
    config.registry.static_paths = {}
    config.add_request_method(static_path)
    config.add_request_method(asset)


def add_assets(config, package: str) -> None:
    """Serve a package's ``static/<package>`` folder under ``/static/<package>``."""
    folder = f"{package}:static/{package}/"
    config.add_static_view(f"static/{package}", folder, cache_max_age=10 * MINUTES)
    config.add_cache_buster(folder, add_hash)
    config.registry.asset_packages.add(package)


def asset(request, address: str) -> Path | None:
    """Return the file of ours that is served at an address under ``/static``; None where there is none."""
    package, _slash, name = address.partition("?")[0].removeprefix("/static/").partition("/")
    if package not in request.registry.asset_packages:
        return None
    folder = Path(AssetResolver().resolve(f"{package}:static/{package}").abspath()).resolve()
    file = (folder / name).resolve()
    return file if file.is_relative_to(folder) and file.is_file() else None


def static_path(request, path: str) -> str:
    """Return the address of one of our files, as Pyramid does; worked out once, as every page names a dozen of them."""
    known = request.registry.static_paths
    key = request.script_name, path
    if key not in known:
        known[key] = URLMethodsMixin.static_path(request, path)
    return known[key]


def add_hash(_request, subpath: str, kw: dict) -> tuple[str, dict]:
    """Return the asset's path, with ``?v=`` and the hash of its content in the query; a missing file has none."""
    path = Path(AssetResolver().resolve(kw["pathspec"]).abspath())
    if path.is_file():
        kw["_query"] = {"v": content_hash(path, path.stat().st_mtime_ns)}
    return subpath, kw


@lru_cache(maxsize=1024)
def content_hash(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def keep_for_good(event: NewResponse) -> None:
    request, response = event.request, event.response
    if request.path_info.startswith("/static/") and response.status_int == 200 and "v" in request.GET:
        response.headers["Cache-Control"] = FOR_GOOD
