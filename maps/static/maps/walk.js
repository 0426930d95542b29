// Walking a trail: one audio element for all of it, so that the tap that begins the first sound is enough for the others
// too. Numbered stops, one tap each; the position is an extra that never interrupts. The page is complete without any of
// this: then every sound has controls of its own.
import { WORST, chosen, distance, finished, moved, nextOf, start } from "./trigger.js";

const page = document.querySelector("[data-walk]");
const say = page.dataset; // the sentences of this page, in the reader's language
const dock = page.querySelector("[data-dock]");
const sound = dock.querySelector("audio");
const status = page.querySelector("[data-status]");
const follow = page.querySelector("[data-follow]");
const stops = [...page.querySelectorAll("[data-stop]")].map(read);
const stopOf = new Map(stops.map((stop) => [stop.id, stop]));
let walk = start();
let shown = null; // the stop that is heard, or was last
let nth = 0; // which of its sounds

function read(element, index) {
  const { stop: id, label, title, longitude, latitude, radius } = element.dataset;
  const sounds = [...element.querySelectorAll("audio")].map((own) => ({
    media: own.dataset.media,
    sources: [...own.querySelectorAll("source")].map(({ src, type }) => ({ src, type })),
    own,
  }));
  const button = element.querySelector("[data-play]");
  const where = { longitude: Number(longitude), latitude: Number(latitude), radius: Number(radius) };
  return { id, index, label, title, element, sounds, button, ...where };
}

// Playing

function ask(stop) {
  walk = chosen(walk, stop.id);
  play(stop);
}

function play(stop, which = 0) {
  shown = stop;
  nth = which;
  show();
  const wanted = stop.sounds[which];
  if (!wanted) {
    sound.pause();
    return over(); // a stop that is only read
  }
  const { src } = wanted.sources.find(({ type }) => sound.canPlayType(type)) ?? wanted.sources[0];
  if (sound.src === src) sound.currentTime = 0;
  else sound.src = src;
  sound.dataset.media = wanted.media;
  sound.play().catch(({ name }) => name !== "AbortError" && tell(say.tap)); // the browser wants a tap first
  present(stop);
}

function toggle() {
  if (!shown) ask(stops[0]);
  else if (sound.paused && sound.ended) ask(shown);
  else if (sound.paused) sound.play().catch(() => tell(say.failed));
  else sound.pause();
}

function step(by) {
  const stop = stops[(shown?.index ?? -1) + by];
  if (stop) ask(stop);
}

function ended() {
  count("completed");
  if (shown.sounds[nth + 1]) play(shown, nth + 1);
  else over();
}

function over() {
  shown.element.classList.add("heard");
  walk = finished(walk, stops);
  if (walk.playing !== null) return play(stopOf.get(walk.playing));
  const next = stops[shown.index + 1];
  tell(next ? said(say.next, next) : say.end);
}

// What the page shows of it

function show() {
  for (const stop of stops) {
    if (stop === shown) stop.element.setAttribute("aria-current", "step");
    else stop.element.removeAttribute("aria-current");
    stop.button?.setAttribute("aria-pressed", String(stop === shown && !sound.paused));
  }
  dock.querySelector("[data-now]").textContent = shown ? `${shown.label} · ${shown.title}` : say.ready;
  dock.querySelector("[data-toggle]").setAttribute("aria-pressed", String(!sound.paused));
  dock.querySelector("[data-toggle-words]").textContent = sound.paused ? say.play : say.pause;
  dock.querySelector("[data-previous]").disabled = !stops[(shown?.index ?? 0) - 1];
  dock.querySelector("[data-following]").disabled = !stops[(shown?.index ?? -1) + 1];
  if ("mediaSession" in navigator) navigator.mediaSession.playbackState = sound.paused ? "paused" : "playing";
}

function tell(sentence) {
  if (status.textContent !== sentence) status.textContent = sentence;
}

function said(sentence, { label, title }, metres = "") {
  return sentence.replace("{label}", label).replace("{title}", title).replace("{metres}", metres);
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
    seekbackward: ({ seekOffset }) => (sound.currentTime = Math.max(0, sound.currentTime - (seekOffset ?? 10))),
    seekforward: ({ seekOffset }) => (sound.currentTime += seekOffset ?? 10),
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
  const { media } = sound.dataset;
  if (media && navigator.onLine) navigator.sendBeacon(`/media/${media}/heard`, new URLSearchParams({ [what]: "1" }));
}

// The position

let watch = null;
let lock = null;

function following() {
  if (watch !== null) return unfollow();
  tell(say.looking);
  follow.setAttribute("aria-pressed", "true");
  watch = navigator.geolocation.watchPosition(({ coords }) => here(coords), lost, {
    enableHighAccuracy: true,
    maximumAge: 5_000,
    timeout: 30_000,
  });
  stayAwake();
}

function unfollow() {
  navigator.geolocation.clearWatch(watch);
  watch = null;
  lock?.release();
  lock = null;
  follow.setAttribute("aria-pressed", "false");
  tell("");
}

async function stayAwake() {
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    lock = null; // the screen goes dark as usual
  }
}

function lost({ code }) {
  if (code === 1) unfollow();
  tell(code === 1 ? say.refused : say.lost);
}

function here({ longitude, latitude, accuracy }) {
  const before = walk;
  walk = moved(walk, stops, { longitude, latitude, accuracy });
  if (walk.playing !== null && walk.playing !== before.playing) return play(stopOf.get(walk.playing));
  if (walk.waiting !== null && walk.waiting !== before.waiting) return tell(said(say.queued, stopOf.get(walk.waiting)));
  if (accuracy > WORST) return tell(say.vague.replace("{metres}", Math.round(accuracy)));
  const ahead = nextOf(stops, walk.begun, [...stopOf.keys()]);
  if (ahead === null || walk.playing !== null) return undefined;
  const next = stopOf.get(ahead);
  const metres = Math.round(distance(next, { longitude, latitude }) / 10) * 10;
  return tell(said(say.ahead, next, metres));
}

// One element instead of many

for (const stop of stops) {
  for (const { own } of stop.sounds) (own.closest("[data-own]") ?? own).remove();
  if (!stop.button) continue;
  stop.button.hidden = false;
  stop.button.addEventListener("click", () => (stop === shown && !sound.ended ? toggle() : ask(stop)));
}
sound.addEventListener("play", () => {
  if (sound.currentTime < 1) count("started");
  show();
});
sound.addEventListener("pause", show);
sound.addEventListener("ended", ended);
sound.addEventListener("error", () => sound.getAttribute("src") && tell(say.failed));
dock.querySelector("[data-toggle]").addEventListener("click", toggle);
dock.querySelector("[data-previous]").addEventListener("click", () => step(-1));
dock.querySelector("[data-following]").addEventListener("click", () => step(1));
document.addEventListener("visibilitychange", () => {
  if (watch !== null && document.visibilityState === "visible") stayAwake(); // it is given up with the page's sight
});
dock.hidden = false;
if ("geolocation" in navigator) {
  follow.hidden = false;
  follow.addEventListener("click", following);
}
hearRemote();
show();
