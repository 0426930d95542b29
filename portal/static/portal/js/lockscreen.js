// What a telephone shows of a sound while its screen is locked, and the buttons it offers there.
const session = navigator.mediaSession; // not every browser has one

// Names what is heard: its `title`, by whom (`artist`), from where (`album`), and the address of a picture.
export function present({ title, artist, album, artwork }) {
  if (session) session.metadata = new MediaMetadata({ title, artist, album, artwork: artwork ? [{ src: artwork }] : [] });
}

// Says whether the button to pause is the one to offer.
export function isPlaying(playing) {
  if (session) session.playbackState = playing ? "playing" : "paused";
}

// Lets the buttons do these acts, by the names that browsers have for them.
export function answer(acts) {
  for (const [act, handler] of Object.entries(acts)) {
    try {
      session?.setActionHandler(act, handler);
    } catch {
      // an act that this browser does not know
    }
  }
}
