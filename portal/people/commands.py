"""``portal person`` and ``portal token``: accounts and bearer tokens from a terminal."""

import sys

import click

from portal.audit.services import Audit
from portal.people.rules import normal_email
from portal.people.schemas import FLAW_WORDS
from portal.people.services import Accounts, ApiTokens, People, Roles
from portal.people.services.accounts import Weak
from portal.people.services.people import EmailTaken
from portal.people.terms import Role


class RoleAtScope(click.ParamType):
    """``ROLE`` or ``ROLE@SCOPE``; of the roles only ``desk`` is held at one place."""

    name = "role"

    def convert(self, value, param, context) -> tuple[Role, str | None]:
        word, at, scope = value.partition("@")
        if word not in set(Role):
            self.fail(f"{word!r} is no role; there are {', '.join(Role)}", param, context)
        if at and (Role(word) is not Role.DESK or not scope):
            self.fail(f"{value!r}: only desk is held at a place, as in desk@lambezellec", param, context)
        return Role(word), scope or None


class Email(click.ParamType):
    """An e-mail address."""

    name = "email"

    def convert(self, value, param, context) -> str:
        try:
            return normal_email(value)
        except ValueError:
            return self.fail(f"{value!r} is no e-mail address", param, context)


@click.group()
def person() -> None:
    """People and their accounts."""


@person.command("add")
@click.argument("email", type=Email())
@click.option("--name", required=True, help="What the person is called.")
@click.option(
    "--role", "roles", type=RoleAtScope(), multiple=True, help="A role, desk@POINT for one point. Repeatable."
)
@click.option("--password-stdin", is_flag=True, help="Read the password, one line, from standard input.")
@click.pass_obj
def add_person(installation, email: str, name: str, roles: tuple[tuple[Role, str | None], ...], password_stdin: bool):
    """Add a confirmed account. Without a password the person chooses one through «I forgot my password»."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if password_stdin and not password:
        raise click.ClickException("there is no password on standard input")
    with installation.request() as request:
        try:
            added = request.find_service(People).add(name=name, email=email, password=password)
            request.find_service(Audit).record("person.add", "person", added.id)
        except EmailTaken as taken:
            raise click.ClickException(f"{email} has an account already") from taken
        except Weak as no:
            reasons = " ".join(FLAW_WORDS[flaw].interpolate() for flaw in sorted(no.flaws))
            raise click.ClickException(f"choose another password. {reasons}") from no
        for role, scope in roles:
            request.find_service(Roles).grant(added, role, scope)


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("add")
@click.argument("email", type=Email())
@click.option(
    "--days", type=click.IntRange(1, 3650), help="How many days it is good for; without, until it is revoked."
)
@click.pass_obj
def add_token(installation, email: str, days: int | None):
    """Print a new bearer token that acts as the person, and nothing else."""
    with installation.request() as request:
        found = request.find_service(Accounts).by_email(email)
        if found is None:
            raise click.ClickException(f"nobody has the address {email}; add them with `portal person add`")
        created = request.find_service(ApiTokens).create(found, days=days)
        request.find_service(Audit).record("token.add", "person", found.id)
    click.echo(created)


COMMANDS = (person, token)
