"""What a spreadsheet saved, read: right where it is right, and every trouble in its place where it is not."""

import csv
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from equipment_lending.imports.reading import MOST_LINES, in_order, read
from equipment_lending.imports.rows import FILES, ItemRow, ModelRow, PointRow, columns
from equipment_lending.imports.troubles import SENTENCES, Trouble, TroubleCode, place, sentence
from equipment_lending.opening_hours import written
from equipment_lending.terms import Approval, Condition

ITEMS = ",".join(columns(ItemRow))
LAMBEZELLEC = (
    "lambezellec,Maison de quartier,4 rue de Roscoff,48.4103,-4.4894,Europe/Paris,Tu-Sa 10:00-18:00; PH off,2,3"
)


def points(*lines: str) -> bytes:
    return "\n".join([",".join(columns(PointRow)), *lines]).encode()


def models(*lines: str) -> bytes:
    return "\n".join([",".join(columns(ModelRow)), *lines]).encode()


def items(*lines: str) -> bytes:
    return "\n".join([ITEMS, *lines]).encode()


def troubles(**files: bytes) -> list[tuple[int | None, str | None, TroubleCode]]:
    found = read({f"{name}.csv": content for name, content in files.items()}).troubles
    return [(trouble.line, trouble.column, trouble.code) for trouble in found]


# What is right --------------------------------------------------------------------------------------------------------


def test_the_three_files_of_the_contract_are_read():
    found = read(
        {
            "points.csv": points(LAMBEZELLEC),
            "models.csv": models("zoom-h5,Zoom H5,son,Deux micros.,249.90,30,0.5,7,manual,prise-de-son montage"),
            "items.csv": items("BR-0001,zoom-h5,lambezellec,S/N 12,worn,,", "BR-0002,zoom-h5,lambezellec,,,12,br-0001"),
        }
    )
    assert found.troubles == ()
    point = found.inventory.points["lambezellec"]
    assert (point.latitude, point.longitude, point.lead_days, point.max_visits) == (48.4103, -4.4894, 2, 3)
    assert point.opening_hours.observes_holidays
    assert len(point.opening_hours.weekly) == 5
    model = found.inventory.models["zoom-h5"]
    assert (model.replacement_value, model.buffer_minutes, model.min_hours, model.max_days) == (24_990, 30, 30, 7)
    assert (model.approval, model.requires) == (Approval.MANUAL, {"prise-de-son", "montage"})
    first, second = found.inventory.items.values()
    assert (first.condition, first.units, first.parent, first.line) == (Condition.WORN, 1, None, 2)
    assert (second.condition, second.units, second.parent, second.line) == (Condition.GOOD, 12, "BR-0001", 3)


def test_blank_cells_mean_what_the_contract_says():
    found = read(
        {
            "points.csv": points("kerinou,Kerinou,Rue Auguste Kervern,48.4,-4.5,Europe/Paris,,,"),
            "models.csv": models("tente,Tente,dehors,,,,,,,"),
        }
    )
    assert found.troubles == ()
    point, model = found.inventory.points["kerinou"], found.inventory.models["tente"]
    assert (point.lead_days, point.max_visits, point.opening_hours.weekly) == (0, None, ())
    assert (model.replacement_value, model.approval, model.requires, model.max_days) == (None, None, None, None)


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
item_rows = st.builds(
    ItemRow,
    asset_tag=st.from_regex(r"[A-Z]{2}-[0-9]{4}", fullmatch=True),
    model=st.sampled_from(["zoom-h5", "tente"]),
    point=st.just("lambezellec"),
    serial=st.none() | names.map(str.strip).filter(bool),
    condition=st.sampled_from(Condition),
    units=st.integers(1, 50),
    parent=st.none() | st.just("BR-0000"),
)


@given(
    st.lists(item_rows, unique_by=lambda row: row.key, max_size=6),
    st.sampled_from(",;"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.permutations(columns(ItemRow)),
)
def test_what_a_spreadsheet_saves_is_read_whatever_its_habits(rows, separator, line_end, mark, order):
    out = StringIO(newline="")
    sheet = csv.writer(out, delimiter=separator, lineterminator=line_end)
    sheet.writerow(order)
    for row in rows:
        sheet.writerow(["" if getattr(row, name) is None else getattr(row, name) for name in order])
    content = out.getvalue().encode("utf-8-sig" if mark else "utf-8")

    found = read({"items.csv": content})

    assert found.troubles == ()
    assert list(found.inventory.items.values()) == [
        ItemRow(**{name: _composed(getattr(row, name)) for name in columns(ItemRow)}) for row in rows
    ]


def _composed(value):
    from unicodedata import normalize

    return normalize("NFC", value) if type(value) is str else value


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+33 2 98", "-1", "@SUM(A1)", "\t=1+1"])
def test_text_that_looks_like_a_formula_stays_text(text):
    cell = '"' + text.replace('"', '""') + '"'
    found = read({"items.csv": items(f"BR-1,zoom-h5,lambezellec,{cell},,,")})
    assert found.troubles == ()
    assert found.inventory.items["BR-1"].serial == text.strip()


@given(st.sampled_from(["Tu-Sa 10:00-18:00; PH off", "Mo-Fr 09:00-12:00,14:00-18:00", "24/7"]))
def test_opening_hours_are_kept_as_they_are_meant(hours):
    row = LAMBEZELLEC.replace("Tu-Sa 10:00-18:00; PH off", f'"{hours}"')
    kept = read({"points.csv": points(row)}).inventory.points["lambezellec"].opening_hours
    again = LAMBEZELLEC.replace("Tu-Sa 10:00-18:00; PH off", f'"{written(kept)}"')
    assert read({"points.csv": points(again)}).inventory.points["lambezellec"].opening_hours == kept


def test_french_numbers_are_numbers():
    line = "kerinou;Kerinou;Rue Kervern;48,41;-4,5;Europe/Paris;Tu-Sa 10:00-18:00;1;"
    found = read({"points.csv": points(line).replace(b",", b";", 8).replace(b"slug,", b"slug;")})
    assert found.troubles == ()
    assert found.inventory.points["kerinou"].latitude == 48.41
    value = read({"models.csv": models('tente,Tente,dehors,,"1 234,50 €",,,,,')}).inventory.models["tente"]
    assert value.replacement_value == 123_450


# What is wrong --------------------------------------------------------------------------------------------------------


def test_every_trouble_is_named_in_one_go_with_file_line_and_column():
    found = read(
        {
            "points.csv": points("Lambé,,4 rue de Roscoff,98,-4.4894,Mars/Olympus,closed on rainy days,two,0"),
            "models.csv": models("zoom-h5,Zoom H5,son,,much,-1,x,0,maybe,Prise de son"),
            "items.csv": items("BR 1,zoom-h5,lambezellec,,broken,0,", "", "BR-2,zoom-h5"),
        }
    )
    assert [(t.file, t.line, t.column, t.code.value) for t in found.troubles] == [
        ("points.csv", 2, "slug", "not_a_slug"),
        ("points.csv", 2, "name", "blank"),
        ("points.csv", 2, "latitude", "out_of_range"),
        ("points.csv", 2, "timezone", "not_a_zone"),
        ("points.csv", 2, "opening_hours", "not_hours"),
        ("points.csv", 2, "lead_days", "not_a_number"),
        ("points.csv", 2, "max_visits", "out_of_range"),
        ("models.csv", 2, "replacement_value", "not_money"),
        ("models.csv", 2, "buffer_minutes", "out_of_range"),
        ("models.csv", 2, "min_hours", "not_a_number"),
        ("models.csv", 2, "max_days", "out_of_range"),
        ("models.csv", 2, "approval", "not_offered"),
        ("models.csv", 2, "requires", "not_a_slug"),
        ("items.csv", 2, "asset_tag", "not_a_tag"),
        ("items.csv", 2, "condition", "not_offered"),
        ("items.csv", 2, "units", "out_of_range"),
        ("items.csv", 4, None, "cells"),
    ]


@pytest.mark.parametrize(
    ("content", "line", "column", "code"),
    [
        (b"", None, None, TroubleCode.NO_LINES),
        (b"\xef\xbb\xbf\r\n\r\n", None, None, TroubleCode.NO_LINES),
        ("asset_tag,modèle\n".encode("latin-1"), 1, None, TroubleCode.NOT_UTF8),
        (ITEMS.encode() + b"\nBR-1,zoom-h5,l\xe9,,,,", 2, None, TroubleCode.NOT_UTF8),
        (ITEMS.encode("utf-16"), 1, None, TroubleCode.NOT_UTF8),
        (ITEMS.encode() + b"\nBR-1,zoom\0h5,x,,,,", 2, None, TroubleCode.NOT_UTF8),
        (ITEMS.replace(",", "\t").encode(), 1, None, TroubleCode.SEPARATOR),
        (ITEMS.replace(",", "|").encode(), 1, None, TroubleCode.SEPARATOR),
        (ITEMS.encode() + b'\nBR-1,"zoom-h5,x,,,,\nBR-2,zoom-h5,x,,,,', 2, None, TroubleCode.NOT_CSV),
        (ITEMS.encode() + b'\nBR-1,"zoom"-h5,x,,,,', 2, None, TroubleCode.NOT_CSV),
        (ITEMS.replace(",serial", "").encode(), 1, "serial", TroubleCode.MISSING_COLUMN),
        (ITEMS.encode() + b",colour", 1, "colour", TroubleCode.UNKNOWN_COLUMN),
        (ITEMS.encode() + b",serial", 1, "serial", TroubleCode.REPEATED_COLUMN),
        (items("BR-1,zoom-h5,x,,,,", "br-1,zoom-h5,x,,,,"), 3, "asset_tag", TroubleCode.REPEATED),
        (items("BR-1,zoom-h5,x,,,,,more"), 2, None, TroubleCode.CELLS),
        (items("../etc,zoom-h5,x,,,,"), 2, "asset_tag", TroubleCode.NOT_A_TAG),
        (items(f"{'B' * 41},zoom-h5,x,,,,"), 2, "asset_tag", TroubleCode.NOT_A_TAG),
        (items("BR-1,zoom-h5,x,a\u202eb,,,"), 2, "serial", TroubleCode.UNSEEN),
        (items(f"BR-1,zoom-h5,x,{'9' * 201},,,"), 2, "serial", TroubleCode.TOO_LONG),
        (items("BR-1,zoom-h5,x,,,1.5,"), 2, "units", TroubleCode.NOT_A_NUMBER),
        (items("BR-1,zoom-h5,x,,,١٢,"), 2, "units", TroubleCode.NOT_A_NUMBER),
        (items("BR-1,zoom-h5,x,,,1e3,"), 2, "units", TroubleCode.NOT_A_NUMBER),
        (b"x" * 8_000_001, None, None, TroubleCode.TOO_LARGE),
    ],
)
def test_a_bad_items_file_is_refused_where_it_is_bad(content, line, column, code):
    assert troubles(items=content) == [(line, column, code)]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("nan", TroubleCode.NOT_A_NUMBER),
        ("inf", TroubleCode.NOT_A_NUMBER),
        ("9" * 20, TroubleCode.NOT_A_NUMBER),
        ("91", TroubleCode.OUT_OF_RANGE),
        ("48°24'N", TroubleCode.NOT_A_NUMBER),
    ],
)
def test_a_latitude_is_a_number_on_the_globe(cell, code):
    assert troubles(points=points(LAMBEZELLEC.replace("48.4103", cell))) == [(2, "latitude", code)]


def test_a_point_cannot_take_the_name_of_a_page_of_the_desk():
    assert troubles(points=points(LAMBEZELLEC.replace("lambezellec", "loans", 1))) == [
        (2, "slug", TroubleCode.RESERVED)
    ]


def test_hours_that_are_right_but_cannot_be_kept_are_told_from_wrong_ones():
    line = LAMBEZELLEC.replace("Tu-Sa 10:00-18:00; PH off", "Mo[1] 10:00-18:00")
    assert troubles(points=points(line)) == [(2, "opening_hours", TroubleCode.HOURS_NOT_KEPT)]


def test_a_text_of_several_lines_does_not_shift_the_line_that_a_trouble_names():
    content = models('tente,Tente,dehors,"une\ndeux\ntrois",,,,,,', "Velo,Vélo,dehors,,,,,,,")
    assert troubles(models=content) == [(5, "slug", TroubleCode.NOT_A_SLUG)]


def test_a_file_with_too_many_lines_is_refused_without_being_read_on():
    content = items(*(f"BR-{number},zoom-h5,x,,,," for number in range(MOST_LINES + 5)))
    assert troubles(items=content) == [(MOST_LINES + 1, None, TroubleCode.TOO_MANY_LINES)]


def test_without_any_of_the_three_files_there_is_nothing_to_import():
    assert [trouble.code for trouble in read({"people.csv": b""}).troubles] == [TroubleCode.NO_FILE]


@given(st.dictionaries(st.sampled_from(sorted(FILES)), st.binary(max_size=300), min_size=1))
@example({"items.csv": b'"' * 299})
@example({"points.csv": b",;\n" * 99})
def test_whatever_the_bytes_are_they_are_read_or_refused_in_words(files):
    for trouble in read(files).troubles:
        assert trouble.file in files
        assert "${" not in sentence(trouble).interpolate()


@given(st.lists(st.text(max_size=8), min_size=7, max_size=7), st.sampled_from(sorted(FILES)))
def test_whatever_stands_in_the_cells_they_are_read_or_refused_in_words(cells, name):
    out = StringIO()
    sheet = csv.writer(out)
    sheet.writerow(columns(FILES[name]))
    sheet.writerow((cells * 2)[: len(columns(FILES[name]))])
    found = read({name: out.getvalue().encode("utf-8", "surrogatepass")})
    rows = sum(len(kept) for kept in (found.inventory.points, found.inventory.models, found.inventory.items))
    assert rows == (0 if found.troubles else 1) or not "".join(cells).strip()


def test_every_trouble_has_words():
    assert set(SENTENCES) == set(TroubleCode)


def test_troubles_are_told_file_by_file_and_line_by_line():
    there = Trouble("items.csv", 3, "units", TroubleCode.BLANK)
    first = Trouble("points.csv", 9, None, TroubleCode.CELLS)
    assert in_order([there, first]) == [first, there]
    assert place(there, lambda words: words.interpolate() if words != "units" else words) == "items.csv, line 3, units"
