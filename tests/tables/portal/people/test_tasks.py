from datetime import timedelta

from sqlalchemy import func, select

from portal.people.models import Letter, LetterPurpose, SignIn
from portal.people.services import Letters
from portal.people.tasks import forget
from portal.security.limits import Attempts, Limit
from portal.security.models import Window
from tests.conftest import NOW
from tests.factories import people


def test_what_is_of_no_more_use_is_forgotten_and_nothing_else(session, asking, clock):
    who = people.person(session)
    people.sign_in(session, who, expires_at=NOW + timedelta(days=40))
    people.sign_in(session, who, expires_at=NOW + timedelta(days=39))
    asking.find_service(Letters).issue(LetterPurpose.RESET, who, who.email)
    asking.find_service(Attempts).spend(Limit("guess", 3, timedelta(hours=1)), who.email)

    def kept():
        return [session.scalar(select(func.count()).select_from(kind)) for kind in (SignIn, Letter, Window)]

    forget(asking)
    assert kept() == [2, 1, 1]
    clock.at += timedelta(days=39)
    forget(asking)
    assert kept() == [1, 0, 0]
