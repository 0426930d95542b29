"""What the roles are called in the audit trail; the acts on people are among the trail's own."""

from portal.people.schemas import ROLE_WORDS


def includeme(config) -> None:
    config.add_acts(values={"role": ROLE_WORDS})
