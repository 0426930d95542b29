"""The index can be written again from what it tells of."""

from sqlalchemy import update

from portal.index.models import IndexEntry
from portal.index.queries import search
from portal.ports.publications import Publications
from tests.factories import lending


def test_what_was_lost_from_the_index_is_found_again(session, asking):
    lending.model(session, name={"fr": "Enregistreur de terrain"})
    lending.point(session, name="Maison de quartier")
    for feature in asking.ask_all(Publications):
        feature.publish()
    before = search(session, "enregistreurs").total
    session.execute(update(IndexEntry).values(words="", title_words=""))
    session.expire_all()
    assert search(session, "enregistreurs").total == 0
    for feature in asking.ask_all(Publications):
        feature.publish()
    assert search(session, "enregistreurs").total == before == 1
    assert search(session, "maison quartier").total == 1
