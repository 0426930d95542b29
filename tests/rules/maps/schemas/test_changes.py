"""What answered forms make of a trail."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from maps.schemas import changes, translating
from maps.terms import PlaceContent, StopContent, TrailContent

codes = st.sampled_from(["fr", "br", "en"])
words = st.text(max_size=10)
texts = st.dictionaries(codes, st.text(min_size=1, max_size=10), max_size=3)


@st.composite
def stops(draw):
    label = draw(st.one_of(st.from_regex(r"[0-9]{2}", fullmatch=True), st.just("S1")))
    media = tuple(draw(st.lists(st.uuids(), max_size=3, unique=True)))
    return StopContent(draw(st.uuids()), label, draw(texts), -4.48, 48.39, draw(texts), draw(texts), media)


@st.composite
def trails(draw):
    several = draw(st.lists(stops(), max_size=5, unique_by=lambda one: one.id))
    return TrailContent(draw(texts), draw(codes), "CC0-1.0", draw(texts), draw(texts), stops=tuple(several))


@given(texts, codes, words)
def test_a_text_says_what_it_was_told_and_the_same_as_before_elsewhere(text, language, told):
    after = changes.said(text, language, told)
    assert after.get(language, "") == told
    assert {code: said for code, said in after.items() if code != language} == {
        code: said for code, said in text.items() if code != language
    }


@given(trails(), st.integers(0, 5), st.integers(-7, 7))
def test_a_moved_stop_is_where_it_should_be_and_the_others_keep_their_order(content, at, by):
    stop_id = content.stops[at].id if at < len(content.stops) else uuid4()
    after = changes.moved(content, stop_id, by)
    others = [one for one in content.stops if one.id != stop_id]
    assert [one for one in after.stops if one.id != stop_id] == others
    if at < len(content.stops):
        place = [one.id for one in after.stops].index(stop_id)
        assert place == min(max(at + by, 0), len(content.stops) - 1)
    else:
        assert after == content


@given(trails(), codes)
def test_correcting_a_language_twice_changes_nothing(content, language):
    assert changes.retold(changes.retold(content, language), content.language) == content


@given(trails(), st.uuids())
def test_sounds_come_once_and_go(content, media_id):
    for stop in content.stops:
        with_it = changes.with_media(content, stop.id, media_id)
        heard = with_it.stop(stop.id).media
        assert heard.count(media_id) == 1
        assert changes.with_media(with_it, stop.id, media_id) == with_it
        assert changes.first_media(with_it, stop.id, media_id).stop(stop.id).media[0] == media_id
        without = changes.without_media(with_it, stop.id, media_id).stop(stop.id).media
        assert without == tuple(one for one in stop.media if one != media_id)


@given(trails())
def test_the_next_number_is_nobodys(content):
    assert changes.next_label(content) not in {stop.label for stop in content.stops}


def test_a_stop_joins_changes_and_goes():
    stop_id = uuid4()
    sent = {"label": "01", "title": "Le pont", "text": "", "directions": "", "where": (-4.5, 48.4)}
    sent |= {"radius": 30, "optional": False}
    content = changes.begun({"title": "Le port", "summary": "", "language": "fr", "licence": "CC0-1.0", "theme": "sea"})
    content = changes.with_stop(content, stop_id, sent)
    content = changes.with_media(content, stop_id, uuid4())
    changed = changes.with_stop(content, stop_id, sent | {"title": "Le pont levant", "where": (-4.6, 48.5)})
    assert changed.stop(stop_id).title == {"fr": "Le pont levant"}
    assert changed.stop(stop_id).position == (-4.6, 48.5)
    assert changed.stop(stop_id).media == content.stop(stop_id).media
    assert changes.without_stop(changed, stop_id).stops == ()


# Translating ---------------------------------------------------------------------------------------------------------


@given(trails(), codes)
def test_what_is_filled_in_and_sent_back_changes_nothing(content, language):
    asked = {piece.name: "" for piece in translating.pieces(content)}
    sent = asked | translating.filled_in(content, language)
    assert translating.translated(content, language, sent) == content


@given(trails(), codes)
def test_a_whole_translation_is_whole(content, language):
    sent = {piece.name: f"{piece.what} {language}" for piece in translating.pieces(content)}
    after = translating.translated(content, language, sent)
    there, all_ = translating.share(after, language)
    assert there == all_ == len(sent)


@given(trails(), codes)
def test_a_translation_touches_one_language_alone(content, language):
    def in_others(told):
        return [(piece.name, {code: said for code, said in piece.text.items() if code != language}) for piece in told]

    sent = {piece.name: "Ar porzh" for piece in translating.pieces(content)}
    after = translating.translated(content, language, sent)
    assert in_others(translating.pieces(after)) == in_others(translating.pieces(content))


def test_a_place_is_translated_too():
    place = PlaceContent({"fr": "Le lavoir"}, "fr", "CC0-1.0", -4.5, 48.4, {"fr": "Couvert."})
    after = translating.translated(place, "br", {"title": "Ar poull", "text": ""})
    assert after.title == {"fr": "Le lavoir", "br": "Ar poull"}
    assert translating.share(after, "br") == (1, 2)
    assert translating.languages_of(after) == ["fr", "br"]


def test_names_of_fields_are_the_stops_own():
    stop = StopContent(UUID(int=7), "01", {"fr": "Ici"}, 0, 0)
    content = TrailContent({"fr": "Là"}, "fr", "CC0-1.0", stops=(stop,))
    assert [piece.name for piece in translating.pieces(content)] == ["title", f"title_{UUID(int=7).hex}"]
    schema = translating.translation(content)
    assert f"title_{UUID(int=7).hex}" in schema
