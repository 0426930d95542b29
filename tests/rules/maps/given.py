"""What the properties of trails are tried on: contents of all kinds, lines around Brest."""

from uuid import UUID

from hypothesis import strategies as st

from maps.terms import (
    Access,
    AccessLevel,
    Difficulty,
    Mode,
    PlaceContent,
    StopContent,
    Surface,
    Theme,
    TrailContent,
)
from portal.licences import LICENCES

LANGUAGES = ("fr", "br", "en")

words = st.sampled_from(["le port", "ar porzh", "l’île", "«\u202fla rade\u202f»", "quai\n\n*Est*", "𝄞", "0"])
texts = st.dictionaries(st.sampled_from(LANGUAGES), words, max_size=3)
titles = st.dictionaries(st.sampled_from(LANGUAGES), words, min_size=1, max_size=3)
ids = st.integers(1, 8).map(lambda number: UUID(int=number))
degrees = st.integers(-1000, 1000).map(lambda steps: steps / 100_000)
longitudes = degrees.map(lambda by: round(-4.49 + by, 7))
latitudes = degrees.map(lambda by: round(48.39 + by, 7))
positions = st.tuples(longitudes, latitudes)
vertices = st.one_of(positions, st.tuples(longitudes, latitudes, st.integers(0, 2000).map(lambda height: height / 10)))
media = st.lists(ids, unique=True, max_size=3).map(tuple)

accesses = st.builds(
    Access,
    level=st.sampled_from(AccessLevel),
    slope_percent=st.none() | st.integers(0, 30),
    width_cm=st.none() | st.integers(0, 300),
    surface=st.none() | st.sampled_from(Surface),
    obstacles=texts,
)


@st.composite
def stops(draw, stop_ids=ids):
    longitude, latitude = draw(positions)
    return StopContent(
        id=draw(stop_ids),
        label=draw(st.sampled_from(["01", "02", "03", "S1", "H2"])),
        title=draw(texts),
        longitude=longitude,
        latitude=latitude,
        text=draw(texts),
        directions=draw(texts),
        media=draw(media),
        radius=draw(st.integers(5, 200)),
        optional=draw(st.booleans()),
    )


contents = st.builds(
    TrailContent,
    title=titles,
    language=st.sampled_from(LANGUAGES),
    licence=st.sampled_from(sorted(LICENCES)),
    summary=texts,
    text=texts,
    theme=st.sampled_from(Theme),
    mode=st.sampled_from(Mode),
    minutes=st.none() | st.integers(1, 600),
    difficulty=st.none() | st.sampled_from(Difficulty),
    access=accesses,
    line=st.lists(vertices, max_size=6).map(tuple),
    stops=st.lists(stops(), max_size=5, unique_by=lambda stop: stop.id).map(tuple),
)


@st.composite
def place_contents(draw):
    longitude, latitude = draw(positions)
    return PlaceContent(
        title=draw(titles),
        language=draw(st.sampled_from(LANGUAGES)),
        licence=draw(st.sampled_from(sorted(LICENCES))),
        longitude=longitude,
        latitude=latitude,
        text=draw(texts),
        theme=draw(st.sampled_from(Theme)),
        access=draw(accesses),
        address=draw(st.just("") | words),
        media=draw(media),
    )
