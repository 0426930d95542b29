"""The session of a request: in one transaction if it writes, retried when the database asks for it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import transaction
from pyramid.scripting import prepare
from pyramid_retry import mark_error_retryable
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from zope.sqlalchemy.datamanager import STATUS_CHANGED, join_transaction

from portal.db.question import Question

EXCLUDED = "23P01"
"""SQLSTATE of PostgreSQL's exclusion constraints. A rule said yes before: somebody else came in between."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def session_of(request) -> Session:
    """Return the request's session (``request.db``).

    One that writes ends with the request's transaction, and is of no use after it. It joins that at once: to let
    zope.sqlalchemy listen until it must takes seven listeners a request. One that reads has nothing to commit, and ends
    with the request. Tests lend a session through ``environ["portal.session"]``.
    """
    lent = request.environ.get("portal.session")
    if lent is not None:
        return lent
    if writes(request):
        session = Session(request.registry.engine, close_resets_only=False)
        join_transaction(session, STATUS_CHANGED, request.tm)
    else:
        session = Session(request.registry.reading_engine, close_resets_only=False)
        request.add_finished_callback(lambda _request: session.close())
    return session


def answered(request, question: Question, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """Return the rows that answer a question: in the request's transaction, where there is one."""
    if writes(request) or "portal.session" in request.environ:
        return request.db.connection().execute(question.query, values).all()
    return question.answered(request.registry.reading_engine, values)


def writes(request) -> bool:
    """May answering change anything? Then all of it is one transaction, which pyramid_tm begins and ends."""
    return request.method not in SAFE_METHODS


@contextmanager
def working_request(registry) -> Iterator:
    """A request for work that no browser asked for, in one transaction that commits when the ``with`` block ends."""
    with prepare(registry=registry) as env:
        request = env["request"]
        request.method = "POST"  # it may write: SQLite must take its lock at once
        request.tm = transaction.TransactionManager(explicit=True)
        with request.tm:
            yield request


def retry_tween_factory(handler, _registry):
    """Around the views: say which errors are worth another try (SQLite's lock, a lost serialisation or connection)."""

    def tween(request):
        try:
            return handler(request)
        except DBAPIError as error:
            if is_conflict(error) or error.connection_invalidated:  # nothing of it was committed: that comes later
                mark_error_retryable(error)
            raise
        except (ObjectDeletedError, StaleDataError) as gone:  # somebody removed what we had found before we held it
            mark_error_retryable(gone)
            raise

    return tween


def is_conflict(error: DBAPIError) -> bool:
    """Did two transactions meet, so that trying again may succeed?"""
    if isinstance(error.orig, psycopg.Error):
        return (error.orig.sqlstate or "").startswith("40") or error.orig.sqlstate == EXCLUDED
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


def is_schema_missing(error: DBAPIError) -> bool:
    """Does the database lack a table or column of this version?"""
    if isinstance(error.orig, psycopg.Error):
        return error.orig.sqlstate in ("42P01", "42703")
    return any(sign in str(error.orig) for sign in ("no such table", "no such column", "has no column"))


def is_away(error: DBAPIError) -> bool:
    """Is the database out of reach, rather than unhappy with what was asked?

    A refused connection comes without an SQLSTATE and without ``connection_invalidated``, so neither can be relied on.
    """
    if isinstance(error.orig, psycopg.Error):
        state = error.orig.sqlstate or ""
        return isinstance(error, OperationalError) and (state == "" or state[:2] in ("08", "53", "57"))
    text = str(error.orig)
    return isinstance(error, OperationalError) and any(
        sign in text for sign in ("unable to open", "locked", "disk is full", "disk I/O")
    )
