"""The same ``Idempotency-Key`` gets the first answer again: a request sent twice, its answer lost, acts once."""

import hashlib
import re
from datetime import timedelta
from uuid import uuid4

from pyramid.response import Response
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.api.models import KeptAnswer
from portal.api.problems import Problem
from portal.clock import Clock
from portal.db.insert import insert_into
from portal.i18n import _

KEPT_FOR = timedelta(hours=24)
KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
KEPT_STATUSES = frozenset({200, 201, 202, 204, 409})  # what was decided, not what was not understood


class KeptAnswers:
    """The first answers to a person's requests, kept in the transaction of what they did."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def begin(self, person_id, key: str, fingerprint: str) -> KeptAnswer | None:
        """Take the key for a request; return the answer kept for it when it was taken before, else None.

        Waits for whoever is using the key: their row is unique, and it is theirs until their transaction ends.
        Raises :class:`Problem` 422 when it was taken for another request.
        """
        taken = insert_into(self._session, KeptAnswer).values(
            id=uuid4(),
            person_id=person_id,
            key=key,
            fingerprint=fingerprint,
            status=None,
            headers={},
            body="",
            created_at=self._clock.now(),
        )
        new = taken.on_conflict_do_nothing(index_elements=["person_id", "key"]).returning(KeptAnswer.id)
        if self._session.scalar(new) is not None:
            return None
        kept = self._session.scalars(
            select(KeptAnswer).where(KeptAnswer.person_id == person_id, KeptAnswer.key == key),
            execution_options={"populate_existing": True},
        ).one()
        if kept.fingerprint != fingerprint:
            raise Problem(422, _("This Idempotency-Key was used for another request."))
        return kept

    def keep(self, person_id, key: str, response: Response) -> None:
        """Keep the answer for the key that :meth:`begin` took."""
        self._session.execute(
            update(KeptAnswer)
            .where(KeptAnswer.person_id == person_id, KeptAnswer.key == key)
            .values(
                status=response.status_int,
                headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
                body=response.text,
            ),
            execution_options={"synchronize_session": False},
        )

    def release(self, person_id, key: str) -> None:
        """Give the key back: its request was not understood, and may be sent again."""
        self._session.execute(delete(KeptAnswer).where(KeptAnswer.person_id == person_id, KeptAnswer.key == key))

    def forget(self) -> None:
        """Forget the answers kept long enough."""
        self._session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < self._clock.now() - KEPT_FOR))


def includeme(config) -> None:
    config.add_service(KeptAnswers, lambda request: KeptAnswers(request.db, request.clock))
    config.add_view_deriver(idempotent_view, name="idempotent", under="api_reading", over="rendered_view")
    config.add_task("api.forget", forget, every=timedelta(hours=1))


def idempotent_view(view, info):
    """Let a view with ``idempotent=True`` act once for each person and key."""
    if not info.options.get("idempotent"):
        return view

    def idempotent(context, request):
        key = request.headers.get("Idempotency-Key")
        return view(context, request) if key is None else _once(view, context, request, key)

    return idempotent


idempotent_view.options = ("idempotent",)  # type: ignore[attr-defined]


def _once(view, context, request, key: str) -> Response:
    if not KEY.fullmatch(key):
        raise Problem(400, _("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    answers = request.find_service(KeptAnswers)
    person_id = request.identity.person_id
    kept = answers.begin(person_id, key, fingerprint_of(request))
    if kept is not None:
        return _again(kept)
    try:
        with request.db.begin_nested():  # so that a no undoes what was begun, and only that
            response = view(context, request)
    except Problem as no:
        response = no.response(request)
    if response.status_int in KEPT_STATUSES:
        answers.keep(person_id, key, response)
    else:
        answers.release(person_id, key)
    return response


def _again(kept: KeptAnswer) -> Response:
    response = Response(body=kept.body.encode(), status=kept.status, headerlist=list(kept.headers.items()))
    response.headers["Idempotent-Replayed"] = "true"
    return response


def fingerprint_of(request) -> str:
    """Return what tells one request from another: the SHA-256 of its method, address and body."""
    told = f"{request.method} {request.path_qs}\n".encode() + request.body
    return hashlib.sha256(told).hexdigest()


def forget(request) -> None:
    """The task that forgets what was kept for a day."""
    request.find_service(KeptAnswers).forget()
