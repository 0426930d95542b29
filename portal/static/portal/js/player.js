// Helps the players that the page has: one sounds at a time, the waveform shows where one is and leads there, the times of a
// transcript are buttons, a locked screen names the sound, and listening is counted, by a message that says nothing of who
// listens.
import { present } from "./lockscreen.js";

const FEW = 5; // seconds that an arrow key goes
const players = [...document.querySelectorAll(".player")];

for (const player of players) {
  const sound = player.querySelector("audio, video");
  if (!sound) continue;
  count(player, sound);
  sound.addEventListener("play", () => name(player, sound));
  const wave = player.querySelector(".wave");
  if (wave) follow(player, wave, sound);
  for (const at of player.querySelectorAll("[data-at]")) lead(at, sound);
}

document.addEventListener("play", ({ target }) => hushOthers(target), true); // also what is no player's

function name(player, { poster }) {
  const artist = player.querySelector(".credit")?.textContent;
  present({ title: player.getAttribute("aria-label"), artist, album: document.title, artwork: poster });
}

function hushOthers(sound) {
  for (const other of document.querySelectorAll("audio, video")) if (other !== sound) other.pause();
}

function count(player, sound) {
  let begun = false;
  sound.addEventListener("play", () => {
    if (!begun) tell(player.dataset.heard, "0");
    begun = true;
  });
  sound.addEventListener("ended", () => {
    if (begun) tell(player.dataset.heard, "1");
    begun = false; // whoever hears it again is counted again
  });
}

function tell(address, completed) {
  if (address) navigator.sendBeacon(address, new URLSearchParams({ completed }));
}

function follow(player, wave, sound) {
  const played = wave.querySelector(".played");
  const length = () => (Number.isFinite(sound.duration) && sound.duration) || Number(player.dataset.seconds) || 0;
  const show = () => {
    const whole = length();
    const part = whole ? Math.min(sound.currentTime / whole, 1) : 0;
    played.setAttribute("width", String(360 * part));
    wave.setAttribute("aria-valuemax", String(Math.round(whole)));
    wave.setAttribute("aria-valuenow", String(Math.round(sound.currentTime)));
    wave.setAttribute("aria-valuetext", `${clock(sound.currentTime)} / ${clock(whole)}`);
  };
  wave.setAttribute("role", "slider");
  wave.setAttribute("aria-label", `${player.dataset.position} · ${player.getAttribute("aria-label")}`);
  wave.setAttribute("aria-valuemin", "0");
  wave.tabIndex = 0;
  show();
  for (const name of ["timeupdate", "durationchange", "seeked"]) sound.addEventListener(name, show);
  const reach = (event) => {
    const box = wave.getBoundingClientRect();
    go(sound, (length() * Math.min(Math.max(event.clientX - box.left, 0), box.width)) / box.width);
  };
  wave.addEventListener("pointerdown", (event) => {
    wave.setPointerCapture(event.pointerId);
    reach(event);
  });
  wave.addEventListener("pointermove", (event) => {
    if (wave.hasPointerCapture(event.pointerId)) reach(event);
  });
  wave.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: FEW, ArrowUp: FEW, ArrowLeft: -FEW, ArrowDown: -FEW, PageUp: 30, PageDown: -30 };
    if (event.key in steps) go(sound, sound.currentTime + steps[event.key]);
    else if (event.key === "Home") go(sound, 0);
    else if (event.key === "End") go(sound, length());
    else if (event.key === " " || event.key === "Enter") sound.paused ? sound.play() : sound.pause();
    else return;
    event.preventDefault();
  });
}

// A sound that was never loaded has no position yet: it is loaded first.
function go(sound, seconds) {
  const wanted = Math.max(seconds, 0);
  if (sound.readyState > 0) {
    sound.currentTime = wanted;
    return;
  }
  sound.addEventListener("loadedmetadata", () => { sound.currentTime = Math.min(wanted, sound.duration || wanted); }, { once: true });
  sound.preload = "metadata";
  sound.load();
}

function lead(at, sound) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = at.className;
  button.textContent = at.textContent;
  button.addEventListener("click", () => {
    go(sound, Number(at.dataset.at));
    sound.play();
  });
  at.replaceWith(button);
}

function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
