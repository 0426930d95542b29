"""Pyramid's security policy: asks once a request who the cookie or the token belongs to, and the table for the rest."""

from pyramid.security import Allowed, Denied

from portal.security.grants import permitted
from portal.security.identify import identify
from portal.security.terms import Identity


class SecurityPolicy:
    """Identity from :func:`portal.security.identify.identify`; permission from the grants.

    It remembers and forgets nobody: sign-ins are rows, made and ended by :class:`portal.people.services.SignIns`.
    """

    def identity(self, request) -> Identity | None:
        found = request.environ.get("portal.identity", self)
        if found is self:
            found = request.environ["portal.identity"] = identify(request)
        return found

    def authenticated_userid(self, request) -> str | None:
        identity = self.identity(request)
        return str(identity.person_id) if identity else None

    def permits(self, request, context, permission: str):
        if permitted(request.registry.grants, permission, self.identity(request), context):
            return Allowed(f"{permission} is granted")
        return Denied(f"{permission} is not granted")


def includeme(config) -> None:
    config.set_security_policy(SecurityPolicy())
