// Walking a trail: one audio element for all of it, so that the tap that begins the first sound is enough for the others
// too; films play where they are. Numbered stops, one tap each; the position is an extra that never interrupts. The page is
// complete without any of this: then every sound has controls of its own.
import { answer, isPlaying, present } from "../portal/js/lockscreen.js";
import { WORST, chosen, distance, finished, moved, nextOf, start } from "./trigger.js";

const page = document.querySelector("[data-walk]");
const say = page.dataset; // the sentences of this page, in the reader's language
const dock = page.querySelector("[data-dock]");
const audio = dock.querySelector("audio");
const status = page.querySelector("[data-status]");
const follow = page.querySelector("[data-follow]");
const stops = [...page.querySelectorAll("[data-stop]")].map(read);
const stopOf = new Map(stops.map((stop) => [stop.id, stop]));
const memory = `walk:${say.walk}:${say.revision}`; // of this tab, for this version of the trail
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
let walk = start();
let shown = null; // the stop that is heard, or was last
let nth = 0; // which of its sounds and films
let sound = audio; // what plays it: that one, or a film

function read(element, index) {
  const { stop: id, label, title, longitude, latitude, radius } = element.dataset;
  const sounds = [...element.querySelectorAll("audio")].map((own) => ({
    media: own.dataset.media,
    sources: [...own.querySelectorAll("source")].map(({ src, type }) => ({ src, type })),
    own,
  }));
  for (const film of element.querySelectorAll("video")) sounds.push({ film });
  const button = element.querySelector("[data-play]");
  const artwork = element.querySelector("video")?.poster || element.querySelector("img")?.src || page.dataset.artwork;
  const where = { longitude: Number(longitude), latitude: Number(latitude), radius: Number(radius) };
  return { id, index, label, title, element, sounds, button, artwork, ...where };
}

// Playing

function ask(stop) {
  walk = chosen(walk, stop.id);
  play(stop);
}

function play(stop, which = 0) {
  const wanted = stop.sounds[which];
  turnTo(stop, which, wanted?.film ?? audio);
  if (!wanted) {
    sound.pause();
    return over(); // a stop that is only read
  }
  if (wanted.film) sound.currentTime = 0;
  else load(wanted);
  sound.play().catch(({ name }) => {
    if (name === "NotAllowedError") tell(say.tap); // the browser wants a tap first
    else if (name === "NotSupportedError" && wanted.film) failed(); // an audio element tells so itself
  });
  const { label, title, artwork } = stop;
  present({ title: `${label} · ${title}`, artist: say.by, album: say.trail, artwork });
}

function turnTo(stop, which, player) {
  if (player !== sound) sound.pause();
  [shown, nth, sound] = [stop, which, player];
  show();
  remember();
}

function load({ media, sources }) {
  const { src } = sources.find(({ type }) => audio.canPlayType(type)) ?? sources[0];
  if (audio.src === src && !audio.error) audio.currentTime = 0;
  else audio.src = src;
  audio.dataset.media = media;
}

function toggle() {
  if (!sound.currentSrc || sound.ended || sound.error) ask(shown ?? stops[0]);
  else if (sound.paused) sound.play().catch(() => tell(say.failed));
  else sound.pause();
}

function step(by) {
  const stop = stops[(shown?.index ?? -1) + by];
  if (!stop) return;
  ask(stop);
  comeTo(stop);
}

// Only for whoever asks from the foot of the page: who reads on while the next one begins is left where they are.
function comeTo({ element }) {
  element.scrollIntoView({ block: "nearest", behavior: CALM.matches ? "auto" : "smooth" });
}

function ended() {
  count("completed");
  if (shown.sounds[nth + 1]) play(shown, nth + 1);
  else over();
}

// A sound that cannot be played is over as well: what waits for it would wait for ever.
function failed() {
  if (shown.sounds[nth + 1]) return play(shown, nth + 1);
  sound.pause();
  walk = finished(walk, stops);
  if (walk.playing !== null) play(stopOf.get(walk.playing));
  return tell(say.failed);
}

function over() {
  shown.element.classList.add("heard");
  walk = finished(walk, stops);
  if (walk.playing !== null) return play(stopOf.get(walk.playing));
  const next = stops[shown.index + 1];
  remember();
  return tell(next ? said(say.next, next) : say.end);
}

// A telephone that needs the room forgets a page and loads it again: what was heard is kept for as long as the tab is open.
function kept() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // this browser keeps nothing
  }
}

function remember() {
  const heard = stops.filter(({ element }) => element.classList.contains("heard")).map(({ id }) => id);
  try {
    kept()?.setItem(memory, JSON.stringify({ begun: walk.begun, heard, shown: shown?.id }));
  } catch {
    return; // no room: the walk goes on without
  }
}

function anchor() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return ""; // written by hand, and wrong
  }
}

function recall() {
  const before = JSON.parse(kept()?.getItem(memory) ?? null) ?? { begun: [], heard: [] };
  walk = { ...walk, begun: before.begun.filter((id) => stopOf.has(id)) };
  for (const id of before.heard) stopOf.get(id)?.element.classList.add("heard");
  const aimed = stops.find(({ element }) => element.id === anchor());
  shown = aimed ?? stopOf.get(before.shown) ?? null;
  if (!aimed) return;
  aimed.element.scrollIntoView();
  remember(); // once the page is loaded again, one goes on from where one is, not from where one set off
  history.replaceState(history.state, "", location.pathname + location.search);
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
  offer(dock.querySelector("[data-previous]"), stops[(shown?.index ?? 0) - 1]);
  offer(dock.querySelector("[data-following]"), stops[(shown?.index ?? -1) + 1]);
  for (const marker of page.querySelectorAll("[data-post]")) {
    marker.classList.toggle("now", marker.dataset.post === shown?.label);
  }
  isPlaying(!sound.paused);
}

// Whoever is on a button that leads no further goes on from the one beside it.
function offer(button, stop) {
  if (!stop && button === document.activeElement) dock.querySelector("[data-toggle]").focus();
  button.disabled = !stop;
}

function tell(sentence) {
  if (status.textContent !== sentence) status.textContent = sentence;
}

function said(sentence, { label, title }, metres = "") {
  return sentence.replace("{label}", label).replace("{title}", title).replace("{metres}", metres);
}

// The buttons of a locked telephone

const remote = {
  play: toggle,
  pause: toggle,
  previoustrack: () => step(-1),
  nexttrack: () => step(1),
  seekbackward: ({ seekOffset }) => (sound.currentTime = Math.max(0, sound.currentTime - (seekOffset ?? 10))),
  seekforward: ({ seekOffset }) => (sound.currentTime += seekOffset ?? 10),
  seekto: ({ seekTime }) => (sound.currentTime = seekTime),
};

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
  spot?.setAttribute("hidden", "");
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
  draw({ longitude, latitude, accuracy });
  if ([say.looking, say.lost].includes(status.textContent)) tell("");
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

// Where one is on the plan, and how unsure that is

const plan = page.querySelector("[data-plan]");
const spot = plan?.querySelector(".here");

function draw({ longitude, latitude, accuracy }) {
  if (!plan) return;
  const { west, north, across, down, metre } = plan.dataset;
  spot.setAttribute("transform", `translate(${(longitude - west) * across} ${(north - latitude) * down})`);
  spot.querySelector(".unsure").setAttribute("r", accuracy * metre);
  spot.removeAttribute("hidden");
}

// What was not taken along cannot be reached without a network

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey; // another window may have its own way
  if (navigator.onLine || elsewhere || !link || link.origin !== location.origin || isKept(link)) return;
  event.preventDefault();
  tell(say.outside);
  status.scrollIntoView({ block: "center", behavior: CALM.matches ? "auto" : "smooth" });
});

function isKept({ pathname }) {
  const trail = `/trails/${say.walk}`;
  return [trail, `${trail}/walk`, location.pathname].includes(pathname) || pathname.startsWith("/stops/");
}

// One element instead of many

for (const stop of stops) {
  stop.sounds.forEach(({ own, film }, which) => {
    own?.closest("[data-own]").remove();
    if (film) listen(film, () => sound !== film && chosenByHand(stop, which, film));
  });
  if (!stop.button) continue;
  stop.button.hidden = false;
  stop.button.addEventListener("click", () => (stop === shown && !sound.ended ? toggle() : ask(stop)));
}
listen(audio, () => audio.currentTime < 1 && count("started"));

// Somebody may also begin a film where it is, and not from its beginning.
function chosenByHand(stop, which, film) {
  walk = chosen(walk, stop.id);
  turnTo(stop, which, film);
}

function listen(player, begun) {
  player.addEventListener("play", () => {
    begun();
    show();
  });
  player.addEventListener("pause", show);
  player.addEventListener("ended", () => player === sound && ended());
  player.addEventListener("error", () => player === sound && player.currentSrc && failed());
}

dock.querySelector("[data-toggle]").addEventListener("click", () => {
  toggle();
  comeTo(shown);
});
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
answer(remote);
recall();
show();
