"""What acts are called on the page of the audit trail, and what they are done to.

Who records an act names it once, by ``config.add_acts(…)``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pyramid.exceptions import ConfigurationError

from portal.i18n import _

ACTS = {
    "demo.load": _("loaded the demo city"),
    "invitation.send": _("invited somebody to an organisation"),
    "invitation.withdraw": _("took an invitation back"),
    "job.forget": _("removed work that had failed"),
    "job.retry": _("had failed work tried again"),
    "membership.accept": _("joined an organisation"),
    "membership.end": _("ended a membership"),
    "membership.mandate": _("changed a mandate"),
    "organisation.create": _("registered an organisation"),
    "person.add": _("added an account from the terminal"),
    "person.erase": _("erased somebody’s account"),
    "person.export": _("downloaded what is kept about somebody"),
    "person.online": _("gave an account an e-mail address"),
    "person.register": _("opened an account for somebody"),
    "role.grant": _("granted a role"),
    "role.revoke": _("ended a role"),
    "settings.change": _("changed a setting"),
    "token.add": _("made a token from the terminal"),
}

THINGS = {
    "city": _("city"),
    "job": _("background work"),
    "organisation": _("organisation"),
    "person": _("person"),
    "setting": _("setting"),
}
"""Kinds of things that acts are done to."""

NOTES = {
    "member": _("member"),
    "officer": _("may act in its name"),
    "role": _("role"),
    "scope": _("where"),
    "seed": _("seed"),
    "since": _("from"),
    "until": _("until"),
}
"""What is noted of an act."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


def includeme(config) -> None:
    config.registry.acts, config.registry.audit_things = {}, {}
    config.registry.audit_notes, config.registry.audit_values = {}, {}
    config.add_directive("add_acts", add_acts)
    config.add_acts(ACTS, THINGS, NOTES)


def add_acts(
    config,
    acts: Mapping[str, str] = NOTHING,
    things: Mapping[str, str] = NOTHING,
    notes: Mapping[str, str] = NOTHING,
    values: Mapping[str, Mapping[str, str]] = NOTHING,
) -> None:
    """Add the names of acts, each as it continues the name of a person, of kinds of things, and of what is noted.

    ``values`` says what is noted itself, for a note (``role``), or for a note on one kind of thing (``point.fields``).
    Raises on an act named twice.
    """
    twice = config.registry.acts.keys() & acts.keys()
    if twice:
        raise ConfigurationError(f"acts named twice: {', '.join(sorted(twice))}")
    config.registry.acts.update(acts)
    config.registry.audit_things.update(things)
    config.registry.audit_notes.update(notes)
    config.registry.audit_values.update(values)
