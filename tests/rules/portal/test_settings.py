"""Settings: every one of them is in both ini files, and what would not be safe is refused with what to write."""

from configparser import ConfigParser
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from portal.settings import BadSetting, Settings

SAFE = {
    "portal.production": "true",
    "portal.secret": "x" * 32,
    "portal.base_url": "https://communs.example",
    "portal.mail_from": "portail@communs.example",
}


def written(name: str) -> dict[str, str]:
    ini = ConfigParser(defaults={"here": "."})
    ini.read(name, "utf-8")
    return {key: value for key, value in ini["app:main"].items() if key.startswith("portal.")}


@pytest.mark.parametrize(("name", "but"), [("development.ini", set()), ("production.ini", {"now", "reload"})])
def test_an_ini_file_names_every_setting_there_is(name, but):
    assert {key.removeprefix("portal.") for key in written(name)} == {field.name for field in fields(Settings)} - but


def test_the_ini_file_of_development_says_what_holds_without_it():
    said, usual = Settings.from_ini(written("development.ini"), {}), Settings.from_ini({}, {})
    differing = {field.name for field in fields(Settings) if getattr(said, field.name) != getattr(usual, field.name)}
    assert differing == {"mail_from"}


def test_the_environment_goes_before_the_file_and_every_value_has_its_type():
    ini = {"portal.listen": "127.0.0.1:80", "portal.worker": "no", "portal.now": "2026-10-22T12:00:00+02:00"}
    found = Settings.from_ini(ini, {"PORTAL_LISTEN": "127.0.0.1:81", "PORTAL_HASH_ROUNDS": "3"})
    assert (found.port, found.worker, found.hash_rounds) == (81, False, 3)
    assert found.now == datetime(2026, 10, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("portal.colour", "red"),
        ("portal.worker", "perhaps"),
        ("portal.hash_rounds", "two"),
        ("portal.hash_rounds", "0"),
        ("portal.max_body_mib", "-1"),
        ("portal.now", "2026-10-22T12:00:00"),
        ("portal.now", "tomorrow"),
        ("portal.listen", "127.0.0.1"),
        ("portal.listen", "127.0.0.1:99999"),
        ("portal.trusted_proxy", "proxy.example"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(key, value):
    with pytest.raises(BadSetting, match=key):
        Settings.from_ini({key: value}, {})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("portal.secret", "x" * 31),
        ("portal.secret", ""),
        ("portal.base_url", "http://communs.example"),
        ("portal.mail_from", ""),
        ("portal.now", "2026-10-22T12:00:00+02:00"),
    ],
)
def test_production_refuses_what_is_not_safe(key, value):
    assert Settings.from_ini(SAFE, {}).production
    with pytest.raises(BadSetting, match=key) as no:
        Settings.from_ini(SAFE | {key: value}, {})
    assert "x" * 31 not in str(no.value)
