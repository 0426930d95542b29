"""Saying that something is wrong, and deciding on it, for programs."""

from typing import Any
from uuid import UUID

import colander

from portal.api.answering import api_defaults, api_view
from portal.api.problems import Problem
from portal.i18n import _
from portal.moderation.permissions import Moderate
from portal.moderation.services import FLAGS, Moderation
from portal.moderation.sight import subject_in_sight
from portal.moderation.terms import MOST_WORDS, Act, AlreadySo, Concern, NoSuchThing, Standing
from portal.security.addresses import matched_id
from portal.security.limits import Attempts, client_address

ALREADY = _("It is so already, or was removed for good.")


class FlagMessage(colander.Schema):
    """What is wrong with what."""

    kind = colander.SchemaNode(colander.String(), validator=colander.Length(min=1, max=100))
    id = colander.SchemaNode(colander.String(), validator=colander.uuid)
    concern = colander.SchemaNode(colander.String(), validator=colander.OneOf([concern.value for concern in Concern]))
    words = colander.SchemaNode(colander.String(), validator=colander.Length(max=MOST_WORDS))


class ReasonMessage(colander.Schema):
    reason = colander.SchemaNode(colander.String(), validator=colander.Length(max=MOST_WORDS))


@api_view(
    route_name="api.flags",
    request_method="POST",
    permission=Moderate.FLAG,
    body=FlagMessage,
    require_csrf=False,  # JSON, which no form on another site can send
)
def flag(request) -> dict[str, Any]:
    """Take what somebody says is wrong with a thing that everybody sees."""
    message, me = request.message, request.identity
    kind, subject_id = message["kind"], UUID(message["id"])
    subject_in_sight(request, kind, subject_id)
    request.find_service(Attempts).spend(FLAGS, client_address(request))
    try:
        raised = request.find_service(Moderation).flag(
            kind, subject_id, Concern(message["concern"]), message["words"], me.person_id if me else None
        )
    except NoSuchThing:
        raise Problem(404) from None
    except AlreadySo:
        raise Problem(410) from None
    request.response.status_int = 201
    return {"kind": kind, "id": subject_id, "concern": raised.concern, "at": raised.created_at}


@api_defaults(
    route_name="api.moderation", request_method="POST", permission=Moderate.DECIDE, body=ReasonMessage, idempotent=True
)
class Decisions:
    """What a moderator does to a thing."""

    def __init__(self, request) -> None:
        self.request = request

    @api_view(match_param="act=hide")
    def hide(self) -> dict[str, Any]:
        return self._do(Act.HIDE)

    @api_view(match_param="act=restore")
    def restore(self) -> dict[str, Any]:
        return self._do(Act.RESTORE)

    @api_view(match_param="act=remove")
    def remove(self) -> dict[str, Any]:
        return self._do(Act.REMOVE)

    def _do(self, act: Act) -> dict[str, Any]:
        kind, subject_id = self.request.matchdict["kind"], matched_id(self.request, "id")
        moderation = self.request.find_service(Moderation)
        reason, me = self.request.message["reason"], self.request.identity.person_id
        try:
            done = moderation.act(act, kind, subject_id, reason, me)
        except NoSuchThing:
            raise Problem(404) from None
        except AlreadySo as no:
            code = "removed" if no.standing is Standing.REMOVED else "already_so"
            raise Problem(409, ALREADY, reasons=[{"code": code, "standing": no.standing}]) from no
        return {"kind": kind, "id": subject_id, "standing": LEFT[act], "act": done.act, "reason": reason, "at": done.at}


LEFT = {Act.HIDE: Standing.HIDDEN, Act.RESTORE: Standing.VISIBLE, Act.REMOVE: Standing.REMOVED}
"""Where an act that could be done leaves a thing."""
