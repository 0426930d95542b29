"""How each kind of answer is asked for. One template a kind, in ``templates/portal/forms``; native inputs, no script.

A widget reads its control (``read``), turns what was sent into what the schema takes (``deserialize``) and renders
(``serialize``). ``autocomplete`` names the purpose of a control about the reader, as WCAG 1.3.5 lists them; on a form
about somebody else it is ``"off"``.
"""

from collections.abc import Iterable

from colander import Invalid, null
from deform.widget import Widget

from portal.forms.controls import Controls
from portal.forms.text import cleaned, has_unseen
from portal.i18n import _

UNSEEN_REMOVED = _("We took out invisible characters. Check the text and send it again.")
NOT_A_TEXT = _("This is not a text.")
NOT_OFFERED = _("Choose one of the answers offered.")


class Field(Widget):
    """What all widgets share: where a control is, and what describes it."""

    template = "input"
    autocomplete: str | None = None
    asks_required = True  # an unticked box is an answer: some fields can be required without asking for it

    def read(self, field, controls: Controls, path: str) -> object:
        return controls.one(path)

    def deserialize(self, field, pstruct):
        return self.sent_text(field, pstruct)

    def sent_text(self, field, pstruct) -> object:
        if pstruct is null or pstruct is None:
            return null
        if not isinstance(pstruct, str):
            raise Invalid(field.schema, NOT_A_TEXT, "")
        return cleaned(pstruct) or null

    def serialize(self, field, cstruct, **kw):
        value = "" if cstruct is null or cstruct is None else cstruct
        return field.renderer(
            self.template,
            field=field,
            widget=self,
            value=value,
            control=self.control(field),
            wrong=messages(field),
            **kw,
        )

    def control(self, field) -> dict[str, str | None]:
        """Return the attributes of the control; None leaves one out."""
        return {
            "id": field.oid,
            "name": field.path,
            "aria-describedby": self.described_by(field),
            "aria-invalid": "true" if messages(field) else None,
            "required": "" if field.required and self.asks_required else None,
            "autocomplete": self.autocomplete,
            "autofocus": "" if getattr(field, "fresh", False) else None,
        }

    def described_by(self, field) -> str | None:
        parts = [f"{field.oid}-hint"] * bool(field.description) + [f"{field.oid}-error"] * bool(messages(field))
        return " ".join(parts) or None

    def first_control(self, field) -> str:
        """Return the id that a link to this field leads to."""
        return field.oid

    def parts(self, field) -> list:
        """Return the fields that this one only holds."""
        return []


class TextInput(Field):
    """One line of text."""

    kind = "text"
    lines = False
    inputmode: str | None = None
    spellcheck: str | None = None
    placeholder: str | None = None
    css_class: str | None = None

    def deserialize(self, field, pstruct):
        if isinstance(pstruct, str) and has_unseen(pstruct):
            raise Invalid(field.schema, UNSEEN_REMOVED, cleaned(pstruct, self.lines))
        if self.lines and isinstance(pstruct, str):
            return cleaned(pstruct, lines=True) or null
        return self.sent_text(field, pstruct)

    def control(self, field) -> dict[str, str | None]:
        return super().control(field) | {
            "type": self.kind,
            "inputmode": self.inputmode,
            "spellcheck": self.spellcheck,
            "class": self.css_class,
        }


class EmailInput(TextInput):
    kind, autocomplete, spellcheck = "email", "email", "false"


class PhoneInput(TextInput):
    kind, autocomplete, css_class = "tel", "tel", "short"


class SearchInput(TextInput):
    kind = "search"


class PasswordInput(TextInput):
    """A password, kept as typed and never shown again. ``autocomplete`` is ``new-password`` where one is chosen."""

    template = "password"
    kind, autocomplete, spellcheck = "password", "current-password", "false"

    def deserialize(self, field, pstruct):
        if not isinstance(pstruct, str):
            return self.sent_text(field, pstruct)
        if has_unseen(pstruct):
            raise Invalid(field.schema, _("A password cannot have invisible characters."), "")
        return pstruct or null


class TextArea(TextInput):
    """Several lines of text."""

    template = "textarea"
    lines = True
    rows = 5

    def control(self, field) -> dict[str, str | None]:
        return super().control(field) | {"type": None, "rows": str(self.rows)}


class NumberInput(TextInput):
    """A whole number, or any with ``step="any"``; ``least`` and ``most`` help, the schema decides."""

    kind, css_class = "number", "short"
    inputmode: str | None = "numeric"
    least = most = None
    step = 1

    def control(self, field) -> dict[str, str | None]:
        written = super().control(field)
        if self.step != 1:
            written["inputmode"] = "decimal"
        limits = {"min": self.least, "max": self.most, "step": None if self.step == 1 else self.step}
        return written | {name: None if value is None else str(value) for name, value in limits.items()}


class DateInput(NumberInput):
    """A day; ``least`` and ``most`` are ISO dates."""

    kind, inputmode = "date", None


class TimeInput(NumberInput):
    kind, inputmode = "time", None


class DateTimeInput(NumberInput):
    """A day and a time on the clocks of a place."""

    kind, inputmode, css_class = "datetime-local", None, "medium"


class MoneyInput(TextInput):
    """Euros, with comma or dot."""

    template = "money"
    inputmode = "decimal"


class Hidden(TextInput):
    hidden = True
    template = "hidden"


class Checkbox(Field):
    """A box to tick: yes or no. The label stands beside it."""

    template = "checkbox"
    asks_required = False

    def deserialize(self, field, pstruct):
        return "false" if pstruct is null else "true"


class Choice(Field):
    """One of ``values``: ``(value, label)`` pairs, or ``(group, pairs)``. What is not among them is refused."""

    values: Iterable[tuple] = ()

    def deserialize(self, field, pstruct):
        value = self.sent_text(field, pstruct)
        if value is not null and value not in self.offered():
            raise Invalid(field.schema, NOT_OFFERED, null)
        return value

    def offered(self) -> set[str]:
        return {str(value) for _group, pairs in self.groups() for value, _label in pairs}

    def groups(self) -> list[tuple[object, list[tuple[str, object]]]]:
        """Return ``(group or None, [(value, label), …])``, in order; what stands in no group has None."""
        groups: list[tuple[object, list[tuple[str, object]]]] = []
        for first, second in self.values:
            if isinstance(second, (list, tuple)):
                groups.append((first, [(str(value), label) for value, label in second]))
            else:
                if not groups or groups[-1][0] is not None:
                    groups.append((None, []))
                groups[-1][1].append((str(first), second))
        return groups


class Select(Choice):
    """A list to choose from. ``blank`` is what it says before one has (none: the first answer is chosen)."""

    template = "select"
    blank = _("Choose")


class RadioChoice(Choice):
    """One of a few answers, all in sight."""

    template = "choices"
    kind = "radio"

    def first_control(self, field) -> str:
        return f"{field.oid}-1"


class CheckboxChoice(RadioChoice):
    """Any number of a few answers; for ``colander.Set()`` or a ``colander.List()``."""

    kind = "checkbox"
    asks_required = False

    def read(self, field, controls: Controls, path: str) -> object:
        return controls.many(path)

    def deserialize(self, field, pstruct):
        if pstruct is null or not pstruct:
            return null
        offered = self.offered()
        chosen = [value for value in pstruct if isinstance(value, str) and value in offered]
        if len(chosen) != len(pstruct):
            raise Invalid(field.schema, NOT_OFFERED, chosen)
        return chosen


class FileUpload(Field):
    """A file; ``accept`` helps to choose it. For :class:`portal.forms.types.Upload`."""

    template = "file"
    accept = None

    def deserialize(self, field, pstruct):
        if pstruct is null or pstruct in (b"", ""):
            return null
        if not hasattr(pstruct, "file"):
            raise Invalid(field.schema, _("Choose a file."), null)
        return pstruct

    def control(self, field) -> dict[str, str | None]:
        return super().control(field) | {"accept": self.accept}


class Group(Field):
    """Fields that belong together, under a legend. ``css_class="pair"`` puts them side by side where there is room."""

    template = "group"
    asks_required = False

    def read(self, field, controls: Controls, path: str) -> object:
        prefix = f"{path}." if path else ""
        return {child.name: child.widget.read(child, controls, prefix + child.name) for child in field.children}

    def deserialize(self, field, pstruct):
        values, wrong = {}, Invalid(field.schema)
        for number, child in enumerate(field.children):
            try:
                values[child.name] = child.deserialize(null if pstruct is null else pstruct[child.name])
            except Invalid as found:
                values[child.name] = found.value
                wrong.add(found, number)
        if wrong.children:
            wrong.value = values
            raise wrong
        return values

    def parts(self, field) -> list:
        return field.children


class Body(Group):
    """The form itself."""

    template = "form"


class Rows(Field):
    """Any number of the same: rows added and removed by buttons that send the form, so that no script is needed.

    ``least`` rows are shown; those left blank do not count. ``add`` is the label of the button.
    """

    template = "rows"
    asks_required = False
    least = 1
    add = _("Add another")
    remove = _("Remove")

    def read(self, field, controls: Controls, path: str) -> object:
        prototype = field.children[0]
        field.fresh_row, field.keeps_blank = controls.adds_to(path), controls.reshape
        return controls.rows(path, lambda sent, row: prototype.widget.read(prototype, sent, row))

    def deserialize(self, field, pstruct):
        values: list[object] = []
        field.row_fields, wrong = [], Invalid(field.schema)
        for sent in [] if pstruct is null else pstruct:
            if _is_blank(sent) and not getattr(field, "keeps_blank", False):
                continue
            row = self.row(field, len(values))
            try:
                values.append(row.deserialize(sent))
            except Invalid as found:
                values.append(found.value)
                wrong.add(found, len(values) - 1)
            row.cstruct = values[-1]
            field.row_fields.append(row)
        if wrong.children:
            wrong.value = values
            raise wrong
        return values

    def row(self, field, number: int):
        """Return a new field for the row of that number, counted from 0."""
        row = field.children[0].clone()
        placed(row, f"{field.path}.{number}", f"{field.oid}-{number}")
        row.number = number + 1
        return row

    def shown_rows(self, field, cstruct) -> list:
        """Return the fields of the rows to show: those sent, those of ``cstruct``, and blank ones up to ``least``."""
        rows = list(getattr(field, "row_fields", ()))
        for value in (() if cstruct is null else cstruct)[len(rows) :]:
            row = self.row(field, len(rows))
            row.cstruct = value
            rows.append(row)
        while len(rows) < self.least:
            rows.append(self.row(field, len(rows)))
        if getattr(field, "fresh_row", False):
            first_leaf(rows[-1]).fresh = True
        return rows

    def serialize(self, field, cstruct, **kw):
        return super().serialize(field, cstruct, rows=self.shown_rows(field, cstruct), **kw)

    def parts(self, field) -> list:
        return getattr(field, "row_fields", field.children)

    def handle_error(self, field, error):
        if field.error is None:
            field.error = error
        rows = getattr(field, "row_fields", ())
        for wrong in error.children:
            if wrong.pos < len(rows):
                rows[wrong.pos].widget.handle_error(rows[wrong.pos], wrong)


def messages(field) -> list[object]:
    """Return what is wrong with the field itself, not with those within it."""
    return list(field.error.messages()) if field.error else []


def placed(field, path: str, oid: str) -> None:
    """Tell a field and all within it the path that names their controls, and their id."""
    field.path, field.oid, field.number = path, oid, None
    for child in field.children:
        placed(child, f"{path}.{child.name}" if path else child.name, f"{oid}-{child.name}")


def first_leaf(field):
    parts = [] if isinstance(field.widget, Rows) else field.widget.parts(field)
    return first_leaf(parts[0]) if parts else field


def _is_blank(sent: object) -> bool:
    if isinstance(sent, dict):
        return all(_is_blank(value) for value in sent.values())
    if isinstance(sent, list):
        return all(_is_blank(value) for value in sent)
    return sent is null or sent == b"" or (isinstance(sent, str) and not sent.strip())
