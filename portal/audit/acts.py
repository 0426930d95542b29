"""What acts are called on the page of the audit trail. Who records an act names it once, by ``config.add_acts(…)``."""

from collections.abc import Mapping

from pyramid.exceptions import ConfigurationError

from portal.i18n import _

ACTS = {
    "demo.load": _("loaded the demo city"),
    "job.forget": _("removed work that had failed"),
    "job.retry": _("had failed work tried again"),
    "membership.accept": _("joined an organisation"),
    "membership.end": _("ended a membership"),
    "membership.mandate": _("changed a mandate"),
    "organisation.create": _("registered an organisation"),
    "role.grant": _("granted a role"),
    "role.revoke": _("ended a role"),
    "settings.change": _("changed a setting"),
}


def includeme(config) -> None:
    config.registry.acts = {}
    config.add_directive("add_acts", add_acts)
    config.add_acts(ACTS)


def add_acts(config, acts: Mapping[str, str]) -> None:
    """Add the names of acts, each as it continues the name of a person. Raises on an act named twice."""
    twice = config.registry.acts.keys() & acts.keys()
    if twice:
        raise ConfigurationError(f"acts named twice: {', '.join(sorted(twice))}")
    config.registry.acts.update(acts)
