// Walking a trail: one audio element for all of it, so that the tap that begins the first sound is enough for the others
// too. Numbered stops, one tap each; the position is an extra that never interrupts. The page is complete without any of
// this: then every sound has controls of its own.
import { GOOD_ENOUGH, Walk, distance } from "./trigger.js";

const walk = document.querySelector("[data-walk]");
const say = walk.dataset; // the sentences of this page, in the reader's language
const dock = walk.querySelector("[data-dock]");
const sound = dock.querySelector("audio");
const status = walk.querySelector("[data-status]");
const stops = [...walk.querySelectorAll("[data-stop]")].map(read);
let current = null; // the stop that is heard, or was last
let queued = null; // the one that begins when the present sound has ended
let nth = 0; // which of the stop's sounds

function read(element, index) {
  const { stop, label, title, longitude, latitude, radius } = element.dataset;
  const sounds = [...element.querySelectorAll("audio")].map((own) => ({
    id: own.dataset.media,
    sources: [...own.querySelectorAll("source")].map(({ src, type }) => ({ src, type })),
    own,
  }));
  return {
    id: stop,
    index,
    label,
    title,
    element,
    sounds,
    longitude: Number(longitude),
    latitude: Number(latitude),
    radius: Number(radius),
    button: element.querySelector("[data-play]"),
  };
}

// Playing

function play(stop, which = 0) {
  const chosen = stop.sounds[which];
  current = stop;
  nth = which;
  queued = null;
  show();
  if (!chosen) return sound.pause();
  const { src } = chosen.sources.find(({ type }) => sound.canPlayType(type)) ?? chosen.sources[0];
  if (sound.src !== src) sound.src = src;
  sound.dataset.media = chosen.id;
  sound.play().catch(() => tell(say.tap)); // the browser wants a tap first
  present(stop);
}

function toggle() {
  if (!current) play(stops[0]);
  else if (sound.paused) sound.play().catch(() => tell(say.failed));
  else sound.pause();
}

function step(by) {
  const index = (current?.index ?? -1) + by;
  if (stops[index]) play(stops[index]);
}

function ended() {
  count("completed");
  if (current.sounds[nth + 1]) return play(current, nth + 1);
  current.element.classList.add("heard");
  if (queued) return play(queued);
  const next = stops[current.index + 1];
  tell(next ? said(say.next, next) : say.end);
}

// What the page shows of it

function show() {
  for (const stop of stops) {
    if (stop === current) stop.element.setAttribute("aria-current", "step");
    else stop.element.removeAttribute("aria-current");
    const pressed = stop === current && !sound.paused;
    stop.button?.setAttribute("aria-pressed", String(pressed));
  }
  dock.querySelector("[data-now]").textContent = current ? `${current.label} · ${current.title}` : say.ready;
  dock.querySelector("[data-toggle]").setAttribute("aria-pressed", String(!sound.paused));
  dock.querySelector("[data-toggle-words]").textContent = sound.paused ? say.play : say.pause;
  dock.querySelector("[data-previous]").disabled = !stops[(current?.index ?? 0) - 1];
  dock.querySelector("[data-following]").disabled = !stops[(current?.index ?? -1) + 1];
  if ("mediaSession" in navigator) navigator.mediaSession.playbackState = sound.paused ? "paused" : "playing";
}

function tell(sentence) {
  status.textContent = sentence;
}

function said(sentence, stop, metres) {
  return sentence
    .replace("{label}", stop.label)
    .replace("{title}", stop.title)
    .replace("{metres}", metres === undefined ? "" : String(metres));
}

// What the telephone shows of it while its screen is locked

function present({ label, title }) {
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title: `${label} · ${title}`, artist: say.by, album: say.trail });
}

function hearRemote() {
  if (!("mediaSession" in navigator)) return;
  const acts = {
    play: toggle,
    pause: toggle,
    previoustrack: () => step(-1),
    nexttrack: () => step(1),
    seekbackward: ({ seekOffset = 10 }) => (sound.currentTime = Math.max(0, sound.currentTime - seekOffset)),
    seekforward: ({ seekOffset = 10 }) => (sound.currentTime = sound.currentTime + seekOffset),
    seekto: ({ seekTime }) => (sound.currentTime = seekTime),
  };
  for (const [act, handler] of Object.entries(acts)) {
    try {
      navigator.mediaSession.setActionHandler(act, handler);
    } catch {
      // an act that this browser does not know
    }
  }
}

// How often a sound is heard is counted, and nothing else is told

function count(what) {
  if (sound.dataset.media && navigator.onLine) {
    navigator.sendBeacon(`/media/${sound.dataset.media}/heard`, new URLSearchParams({ [what]: "1" }));
  }
}

// The position

const follow = walk.querySelector("[data-follow]");
let watch = null;
let lock = null;

function following() {
  if (watch !== null) return unfollow();
  const walked = new Walk(stops);
  for (const { id, element } of stops) if (element.classList.contains("heard")) walked.heard.add(id);
  tell(say.looking);
  follow.setAttribute("aria-pressed", "true");
  watch = navigator.geolocation.watchPosition(
    ({ coords }) => here(walked, coords),
    ({ code }) => {
      unfollow();
      tell(code === 1 ? say.refused : say.lost);
    },
    { enableHighAccuracy: true, maximumAge: 5_000, timeout: 30_000 },
  );
  navigator.wakeLock?.request("screen").then(
    (held) => (lock = held),
    () => {}, // the screen goes dark as usual
  );
}

function unfollow() {
  navigator.geolocation.clearWatch(watch);
  watch = null;
  lock?.release();
  lock = null;
  follow.setAttribute("aria-pressed", "false");
  tell("");
}

function here(walked, { longitude, latitude, accuracy }) {
  const entered = walked.fix({ longitude, latitude, accuracy });
  if (entered) {
    const busy = !sound.paused && !sound.ended;
    if (!busy) return play(entered);
    queued = entered;
    return tell(said(say.queued, entered));
  }
  if (accuracy > GOOD_ENOUGH) return tell(say.vague.replace("{metres}", String(Math.round(accuracy))));
  const next = stops.find(({ id, element }) => !walked.heard.has(id) && !element.classList.contains("heard"));
  if (next) {
    const metres = Math.round(distance(longitude, latitude, next.longitude, next.latitude) / 5) * 5;
    tell(said(say.ahead, next, metres));
  }
}

// One element instead of many

for (const stop of stops) {
  for (const { own } of stop.sounds) own.closest("[data-own]")?.remove();
  if (!stop.button) continue;
  stop.button.hidden = false;
  stop.button.addEventListener("click", () => (stop === current ? toggle() : play(stop)));
}
sound.addEventListener("play", () => {
  if (sound.currentTime < 1) count("started");
  show();
});
sound.addEventListener("pause", show);
sound.addEventListener("ended", ended);
sound.addEventListener("error", () => sound.src && tell(say.failed));
dock.querySelector("[data-toggle]").addEventListener("click", toggle);
dock.querySelector("[data-previous]").addEventListener("click", () => step(-1));
dock.querySelector("[data-following]").addEventListener("click", () => step(1));
dock.hidden = false;
if ("geolocation" in navigator) {
  follow.hidden = false;
  follow.addEventListener("click", following);
}
hearRemote();
show();
