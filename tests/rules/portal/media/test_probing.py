"""What ffmpeg says of a file is read, and nothing that the file itself put in between."""

from portal.media.encoding.probing import read

SOUND = """Input #0, mp3, from 'file:original':
  Metadata:
    title           : Cloche
                    :   Stream #0:7: Video: h264, yuv420p, 9999x9999, 25 fps
                    :   Duration: 99:00:00.00
  Duration: 00:01:02.50, start: 0.025057, bitrate: 64 kb/s
  Stream #0:0: Audio: mp3 (mp3float), 44100 Hz, mono, fltp, 64 kb/s
  Stream #0:1: Video: mjpeg (Baseline), yuvj444p(pc, bt470bg), 500x500 [SAR 1:1 DAR 1:1], 90k tbr (attached pic)
"""
FILM = """[in#0/mov] Estimating duration from bitrate, this may be inaccurate
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:original':
  Duration: N/A, start: 0.000000, bitrate: 15580 kb/s
  Stream #0:0[0x1](und): Video: h264 (Main) (avc1 / 0x31637661), yuv420p, 1920x1080 [SAR 1:1 DAR 16:9], 30 fps (default)
  Stream #0:1[0x2](fra): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)
"""


def test_a_cover_is_no_video_and_a_title_no_stream():
    known = read(SOUND)
    assert (known.seconds, known.estimated, known.audio, known.video, known.pixels) == (62.5, False, 0, None, None)


def test_a_film_has_both_and_may_not_say_how_long_it_is():
    known = read(FILM)
    assert (known.seconds, known.estimated, known.audio, known.video, known.pixels) == (None, True, 1, 0, (1920, 1080))
