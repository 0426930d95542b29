"""Money in euros and cents; a moment on the clocks of a place."""

import io
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import colander
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms.types import LocalMoment, Money, Upload, whole_minutes

NODE = colander.SchemaNode(Money())
BREST = LocalMoment("Europe/Paris")


def euros(written):
    return Money().deserialize(NODE, written)


@given(st.integers(0, 10**11 - 1))
def test_an_amount_shown_is_read_back_to_the_cent(cents):
    assert euros(Money().serialize(NODE, cents)) == cents


@given(st.integers(0, 10**9 - 1), st.integers(0, 99), st.sampled_from([",", "."]), st.sampled_from(["", " ", "\u202f"]))
def test_comma_dot_blanks_and_sign_are_all_understood(whole, cents, point, blank):
    grouped = f"{whole:,}".replace(",", blank)
    assert euros(f"{grouped}{point}{cents:02d}{blank}€") == whole * 100 + cents


@pytest.mark.parametrize(("written", "cents"), [("12", 1200), ("12,5", 1250), ("0,05", 5), ("1 234,50 €", 123450)])
def test_euros_are_written_as_people_do(written, cents):
    assert euros(written) == cents


@pytest.mark.parametrize("written", ["abc", "-5", "1.234", "1,2,3", "12,345", "1e9", "٣", "9" * 30, "NaN", ","])
def test_what_is_no_amount_is_refused(written):
    with pytest.raises(colander.Invalid):
        euros(written)


def moment(written):
    return BREST.deserialize(NODE, written)


@given(st.integers(631152000, 4102444800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_a_moment_shown_is_read_back_unless_its_hour_comes_twice(at):
    instant = at.replace(second=0)
    read = moment(BREST.serialize(NODE, instant))
    assert read - instant in (timedelta(0), timedelta(hours=1))


@given(st.one_of(st.datetimes(), st.times()))
def test_what_is_agreed_is_a_whole_minute(at):
    written = at.isoformat(timespec="microseconds")[-len("00.000000") :]
    if written == "00.000000":
        whole_minutes(NODE, at)
    else:
        with pytest.raises(colander.Invalid):
            whole_minutes(NODE, at)
    whole_minutes(NODE, at.replace(second=0, microsecond=0))


def test_a_moment_has_no_seconds():
    assert moment("2026-10-22T14:30:00") == moment("2026-10-22T14:30")
    with pytest.raises(colander.Invalid):
        moment("2026-10-22T14:30:01")


def test_E1_an_hour_that_comes_twice_means_standard_time():
    assert moment("2026-10-25T02:30") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["2027-03-28T02:30", "2026-02-30T10:00", "0001-01-01T00:00", "tomorrow", "2026-10-22"]
)
def test_an_hour_that_does_not_exist_is_refused(written):
    with pytest.raises(colander.Invalid):
        moment(written)


def sent(content: bytes, name: str = "photo.jpg"):
    return SimpleNamespace(file=io.BytesIO(content), filename=name, type="image/jpeg")


def test_a_file_s_name_loses_its_folders_and_what_cannot_be_seen():
    kept = Upload().deserialize(NODE, sent(b"x", "C:\\Photos\\../a\x00b\u202e.jpg"))
    assert (kept.name, kept.size, kept.content.read()) == ("ab.jpg", 1, b"x")


@pytest.mark.parametrize("content", [b"", b"x" * 11])
def test_a_file_that_is_empty_or_too_large_is_refused(content):
    with pytest.raises(colander.Invalid):
        Upload(most_bytes=10).deserialize(NODE, sent(content))
