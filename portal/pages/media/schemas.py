"""What people send about media: the file, and what is said of it."""

import colander

from portal.forms.types import Upload
from portal.forms.widgets import FileUpload, Hidden, RadioChoice, Select, TextArea, TextInput
from portal.i18n import SPOKEN, _
from portal.licences import LICENCES
from portal.media.terms import MOST_BYTES, NOBODY_SPEAKS, Voices
from portal.media.transcripts import LONGEST

LINE = 200
ACCEPTED = "audio/*,video/*,image/jpeg,image/png,image/webp,.m4a,.mp3,.wav,.flac,.ogg,.opus,.aac"
VOICES = {
    Voices.NOBODY: _("Nobody can be heard or recognised in it"),
    Voices.AGREED: _("Everybody who can be heard or recognised in it agreed that it is published"),
}


def language_names(request) -> list[tuple[str, str]]:
    """Return the languages to choose from, those of Brest first, by their names in the reader's language."""
    return [(code, request.words.tongue(code)) for code in SPOKEN]


@colander.deferred
def spoken_language(_node, kw) -> Select:
    return Select(values=[(NOBODY_SPEAKS, _("Nobody speaks")), *language_names(kw["request"])])


@colander.deferred
def written_language(_node, kw) -> Select:
    return Select(values=language_names(kw["request"]))


class DetailsSchema(colander.Schema):
    """What is said of a media."""

    title = colander.SchemaNode(
        colander.String(),
        title=_("Title"),
        description=_("What one hears or sees, in a few words: «The bell of Saint-Martin at noon»."),
        validator=colander.Length(max=LINE),
    )
    language = colander.SchemaNode(
        colander.String(),
        title=_("Language spoken"),
        widget=spoken_language,
    )
    description = colander.SchemaNode(
        colander.String(),
        title=_("Description"),
        description=_("For a picture, what it shows: this is read out to those who do not see it."),
        widget=TextArea(rows=3),
        validator=colander.Length(max=2000),
        missing="",
    )
    attribution = colander.SchemaNode(
        colander.String(),
        title=_("Whom to name"),
        description=_("Whoever uses it names these people: «Radio Évasion and Soizic Le Bris»."),
        validator=colander.Length(max=LINE),
        widget=TextInput(autocomplete="off"),
    )
    licence = colander.SchemaNode(
        colander.String(),
        title=_("Licence"),
        description=_("All of them let everybody use, change and pass it on. You must own it, or be allowed to."),
        widget=RadioChoice(
            values=[
                ("CC-BY-SA-4.0", _("CC BY-SA 4.0: name the authors, and share what you make of it alike")),
                ("CC-BY-4.0", _("CC BY 4.0: name the authors")),
                ("CC0-1.0", _("CC0 1.0: no conditions")),
                ("LAL-1.3", _("Art libre 1.3: name the authors, and share what you make of it alike")),
                ("etalab-2.0", _("Licence Ouverte 2.0: name the source")),
            ]
        ),
        validator=colander.OneOf(list(LICENCES)),
    )
    voices = colander.SchemaNode(
        colander.String(),
        title=_("Voices and faces"),
        widget=RadioChoice(values=[(one.value, words) for one, words in VOICES.items()]),
    )


class NewMediaSchema(DetailsSchema):
    """A file, or the name of one that was sent in pieces, and what is said of it."""

    file = colander.SchemaNode(
        Upload(MOST_BYTES),
        title=_("Sound, picture or video"),
        description=_(
            "A sound of up to 30 minutes, a video of up to 10, both up to 200 MB; a photo of up to 20 MB. "
            "Short ones are listened to: 2 to 5 minutes do well."
        ),
        widget=FileUpload(accept=ACCEPTED, asks_required=False),  # one may record instead, or have sent it already
        missing=None,
        insert_before="title",
    )
    upload = colander.SchemaNode(colander.String(), widget=Hidden(), missing="", insert_before="title")


class TranscriptSchema(colander.Schema):
    """What is said in a sound."""

    language = colander.SchemaNode(colander.String(), title=_("Language of the text"), widget=written_language)
    text = colander.SchemaNode(
        colander.String(),
        title=_("Text"),
        description=_(
            "Everything that is said, and in brackets what one hears besides: [gulls]. "
            "A text that begins with WEBVTT is read as WebVTT, with times."
        ),
        widget=TextArea(rows=14),
        validator=colander.Length(max=LONGEST),
    )
