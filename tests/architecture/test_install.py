import configparser
import json
import re
from pathlib import Path

import pytest

from portal import install
from portal.install import CannotInstall

ROOT = Path(__file__).parents[2]


@pytest.fixture
def not_an_administrator(monkeypatch):
    monkeypatch.setattr(install, "is_administrator", lambda: False)
    monkeypatch.setattr(install.shutil, "which", lambda name: f"/usr/bin/{name}")


@pytest.fixture
def project(monkeypatch, tmp_path):
    """A folder of its own with two files that say what to install."""
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    (tmp_path / "setup.cfg").write_text("one")
    (tmp_path / "requirements.lock").write_text("two")
    return tmp_path


ASKED = ("setup.cfg", "requirements.lock")


@pytest.mark.usefixtures("not_an_administrator")
def test_who_may_not_install_system_packages_is_told_what_to_type():
    with pytest.raises(CannotInstall) as no:
        install.apt_install(["libsqlite3-mod-spatialite"])

    typed = "apt-get install --yes --no-install-recommends libsqlite3-mod-spatialite"
    assert f"    sudo apt-get update && sudo {typed}\n" in str(no.value)


def test_a_system_without_apt_is_told_what_is_missing(monkeypatch):
    monkeypatch.setattr(install.shutil, "which", lambda name: None)

    with pytest.raises(CannotInstall, match="libsqlite3-mod-spatialite"):
        install.apt_install(["libsqlite3-mod-spatialite"])


def test_a_command_that_fails_is_named_with_the_end_of_what_it_said():
    with pytest.raises(CannotInstall, match=r"(?s)no such mirror.*This failed: sh -c") as no:
        install.run("sh", "-c", "seq 100; echo no such mirror >&2; false")
    assert "\n70\n" not in str(no.value)


def test_what_was_installed_for_the_tests_also_runs(project):
    stamp = project / "installed"
    stamp.write_text(install.seal(ASKED, test=True))

    assert install.is_stamped(stamp, ASKED, test=True)
    assert install.is_stamped(stamp, ASKED, test=False)


def test_what_was_installed_to_run_lacks_what_the_tests_need(project):
    stamp = project / "installed"
    stamp.write_text(install.seal(ASKED, test=False))

    assert install.is_stamped(stamp, ASKED, test=False)
    assert not install.is_stamped(stamp, ASKED, test=True)


@pytest.mark.parametrize("name", ASKED)
def test_a_changed_lock_is_installed_again(project, name):
    stamp = project / "installed"
    stamp.write_text(install.seal(ASKED, test=False))
    (project / name).write_text("three")

    assert not install.is_stamped(stamp, ASKED, test=False)


def test_a_moved_folder_is_installed_again(project, monkeypatch):
    stamp = project / "installed"
    stamp.write_text(install.seal(ASKED, test=False))
    monkeypatch.setattr(install, "ROOT", project.rename(project.with_name("elsewhere")))

    assert not install.is_stamped(project.with_name("elsewhere") / "installed", ASKED, test=False)


def test_mirrors_stay_as_the_administrator_set_them(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")

    given = install.environment()
    assert given["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert "PIP_TARGET" not in given


def test_every_package_that_is_asked_for_has_its_version_in_the_lock():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = setup["options"]["install_requires"] + setup["options.extras_require"]["test"]
    asked = {plain(line) for line in lines.splitlines() if line.strip()}
    locked = {plain(line) for line in lock_lines()}

    assert asked - locked == set()


def test_the_locks_name_versions_and_no_addresses():
    assert all(re.fullmatch(r"[\w.-]+==[\w.+!-]+", line) for line in lock_lines())
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all("resolved" not in package for package in packages.values())


def lock_lines():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def plain(requirement):
    """Return the name of what is required, as packages compare it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement.strip()).group()).lower()
