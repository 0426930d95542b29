"""Media in words: where a file stands, why it cannot be used, what is wrong with a transcript."""

from portal.i18n import _
from portal.media.terms import MediaFlaw, MediaKind, MediaState
from portal.media.transcripts import TranscriptFlaw

KINDS = {
    MediaKind.AUDIO: (_("Sound"), "headphones"),
    MediaKind.IMAGE: (_("Picture"), "camera"),
    MediaKind.VIDEO: (_("Video"), "video"),
}
STATES = {
    MediaState.RECEIVED: (_("waiting"), "warn"),
    MediaState.PREPARING: (_("being prepared"), "warn"),
    MediaState.READY: (_("ready"), "good"),
    MediaState.FAILED: (_("cannot be used"), "wrong"),
}
FLAWS = {
    MediaFlaw.EMPTY: _("This file is empty."),
    MediaFlaw.TOO_LARGE: _("This file is too large: 200 MB at most for a sound or a video, 20 MB for a picture."),
    MediaFlaw.TOO_LONG: _("It lasts too long: 30 minutes at most for a sound, 10 for a video. Send it in parts."),
    MediaFlaw.TOO_MANY_PIXELS: _("It has too many pixels: make it smaller, and send it again."),
    MediaFlaw.TOO_SMALL: _("It is too short or too small to be made out."),
    MediaFlaw.NOT_A_MEDIA: _(
        "This is no sound, picture or video that we can read. "
        "We know WAV, MP3, M4A, FLAC, OGG, MP4, WebM, JPEG, PNG and WebP."
    ),
    MediaFlaw.UNREADABLE: _("It cannot be decoded: the file may be damaged. Save it anew, and send it again."),
    MediaFlaw.CUT_SHORT: _("It ends before its time: part of the file is missing. Send the whole file."),
    MediaFlaw.SILENT: _("Nothing is to be heard in it. Was the microphone on?"),
    MediaFlaw.TOO_HEAVY: _(
        "Decoding it takes too much time or memory. Save it in a simpler format, such as MP3 or MP4."
    ),
    MediaFlaw.NOT_PREPARED: _(
        "Something went wrong here, several times over; your file may be well. Send it again, or tell us."
    ),
    MediaFlaw.TOO_MANY_UNFINISHED: _("Many of your files are still being prepared. Send this one once some are ready."),
    MediaFlaw.NO_ROOM_LEFT: _("You keep as much here as one person may. Remove what you need no more, or write to us."),
}
TRANSCRIPT_FLAWS = {
    TranscriptFlaw.EMPTY: _("Please fill this in."),
    TranscriptFlaw.TOO_LONG: _("This text is too long."),
    TranscriptFlaw.NOT_WEBVTT: _(
        "This begins with WEBVTT, and cannot be read as such. Each part needs a line such as 00:05.000 --> 00:08.500."
    ),
    TranscriptFlaw.OUT_OF_ORDER: _("One of the times ends before it begins, or comes before the one above it."),
}
