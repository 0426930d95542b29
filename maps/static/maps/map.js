// The map beside the list. Both are asked with the same question, so they show the same things; the list is the page, this
// draws where they are. Where many are near each other the portal says how many, and pressing that number goes closer.
const place = document.querySelector("[data-map]");
const say = place.dataset; // addresses, and the sentences of this page in the reader's language
const WAYS_FROM = 13; // at this zoom a way is more than a speck
const APART = 40; // pixels between two marks
const WAIT = 250; // milliseconds after a movement, so that a drag asks once
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const kinds = JSON.parse(say.kinds); // what each kind is called, and its hue
const L = window.L;

place.hidden = false; // without script the list is all there is

const map = L.map(place, {
  attributionControl: false,
  zoomAnimation: !calm,
  fadeAnimation: !calm,
  markerZoomAnimation: !calm,
  inertia: !calm,
  keyboard: true,
  minZoom: 3,
  maxZoom: 19,
  zoomControl: false,
});
L.control.zoom({ zoomInTitle: say.zoomIn, zoomOutTitle: say.zoomOut }).addTo(map);
const ways = L.geoJSON(null, { interactive: false, style: { className: "way", weight: 4 } }).addTo(map);
const marks = L.layerGroup().addTo(map);
const drawn = new Map(); // the marks by what they stand for
let asked = null; // the question under way
let chosen = null; // in the list, whose card opens once its mark is drawn
const KNOWN = ["q", "kinds", "theme", "licence", "language", "access", "since", "until", "bbox", "near", "page"];
const question = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name]) => KNOWN.includes(name)));
let answered = location.search; // by the list as it stands: also when only the fragment changes, as by the way past the head

background();
look();
map.on("moveend", later(moved));
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-show]");
  if (button) goTo(button.closest("[data-longitude]").dataset);
});
place.addEventListener("keydown", ({ key }) => key === "Escape" && map.closePopup());
addEventListener("popstate", () => location.search === answered || location.reload());
if (!("unread" in say)) draw(); // nothing answers to a question that cannot be read
offer();

// What is under the things

async function background() {
  if (say.tiles) {
    L.control.attribution({ prefix: false }).addTo(map);
    return L.tileLayer(say.tiles, { attribution: say.attribution, maxZoom: 19 }).addTo(map);
  }
  const answer = await fetch(say.outline);
  L.geoJSON(await answer.json(), {
    interactive: false,
    style: ({ properties }) => ({ className: `ground ${properties.kind}`, weight: 1 }),
  })
    .addTo(map)
    .bringToBack();
}

// Where one looks first: at the box that was asked for, or around all that was found

function look() {
  const [west, south, east, north] = say.box.split(",").map(Number);
  const beyond = east < west ? east + 360 : east; // a box across the meridian on the other side of the earth
  map.fitBounds([[south, west], [north, beyond]], { animate: false, padding: question.has("bbox") ? [0, 0] : [32, 32], maxZoom: 17 });
}

// Asking

function box() {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
    .map((degrees, n) => Math.min(Math.max(degrees, n % 2 ? -90 : -180), n % 2 ? 90 : 180).toFixed(6))
    .join(",");
}

async function draw(signal = asking()) {
  const query = new URLSearchParams(question);
  query.set("bbox", box());
  query.set("zoom", String(Math.round(map.getZoom())));
  query.set("kinds", question.getAll("kinds").join(","));
  query.set("access", say.access);
  for (const name of ["page", "near"]) query.delete(name);
  for (const [name, value] of [...query]) if (!value) query.delete(name);
  try {
    const { cells } = await (await asks(`${say.cells}?${query}`, signal)).json();
    show(apart(cells));
    await lines(query, signal);
  } catch (wrong) {
    if (wrong.name !== "AbortError") tell(say.failed);
  }
}

// One question at a time: who asks anew does not wait for what was asked before.
function asking() {
  asked?.abort();
  asked = new AbortController();
  return asked.signal;
}

async function asks(address, signal) {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

async function moved() {
  question.set("bbox", box());
  for (const name of ["page", "near"]) question.delete(name);
  history.replaceState(null, "", `${location.pathname}?${question}`);
  answered = location.search;
  const signal = asking();
  const drawing = draw(signal);
  try {
    const answer = await asks(`${location.pathname}?${question}`, signal);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const results = page.querySelector("[data-results]");
    document.querySelector("[data-results]").replaceWith(results);
    offer();
    await drawing;
    tell(results.querySelector("h2").textContent);
  } catch (wrong) {
    if (wrong.name !== "AbortError") tell(say.failed);
  }
}

// Showing

// Things whose marks would cover each other are one mark, at the place of the largest, so that a finger hits what it aims at.
function apart(cells) {
  const piles = [];
  for (const cell of [...cells].sort((one, other) => other.count - one.count)) {
    const point = map.project([cell.latitude, cell.longitude]);
    const pile = piles.find((near) => near.point.distanceTo(point) < APART);
    if (pile) pile.cell = both(pile.cell, cell);
    else piles.push({ point, cell });
  }
  return piles.map(({ cell }) => cell);
}

function both({ longitude, latitude, count, bbox: [west, south, east, north] }, other) {
  const [otherWest, otherSouth, otherEast, otherNorth] = other.bbox;
  const around = [Math.min(west, otherWest), Math.min(south, otherSouth), Math.max(east, otherEast), Math.max(north, otherNorth)];
  return { longitude, latitude, count: count + other.count, bbox: around };
}

// What is drawn already stays, with the card that is open on it and with whoever is on it by keyboard.
function show(cells) {
  const wanted = new Map(cells.map((cell) => [[cell.longitude, cell.latitude, cell.count, cell.item?.id].join(), cell]));
  for (const [key, mark] of drawn) {
    if (wanted.delete(key)) continue;
    if (mark.getElement() === document.activeElement) place.focus(); // what one was on has come apart
    marks.removeLayer(mark);
    drawn.delete(key);
  }
  for (const [key, cell] of wanted) {
    const mark = cell.count > 1 ? many(cell) : one(cell);
    drawn.set(key, mark.addTo(marks));
  }
  openCard();
}

// However long the marks were on their way. What shares its mark with others has no card of its own: one is on the map then.
function openCard() {
  if (chosen === null) return;
  const mark = [...drawn.values()].find(({ item }) => item === chosen);
  chosen = null;
  if (mark) mark.openPopup();
  else place.focus();
}

function many({ longitude, latitude, count, bbox }) {
  const size = count < 10 ? 36 : count < 100 ? 44 : 52;
  const icon = L.divIcon({ className: "cluster", html: `<span>${count}</span>`, iconSize: [size, size] });
  const marker = L.marker([latitude, longitude], { icon });
  const [west, south, east, north] = bbox;
  marker.on("click", () => {
    if (map.getZoom() >= map.getMaxZoom() || (west === east && south === north)) return pile([latitude, longitude]);
    map.fitBounds([[south, west], [north, east]], { padding: [40, 40], maxZoom: map.getZoom() + 3 });
  });
  return named(marker, say.many.replace("{count}", count));
}

// Things at the very same spot: the list says which.
function pile(spot) {
  map.setView(spot, map.getMaxZoom());
  document.querySelector("[data-results] h2")?.focus();
}

function one({ longitude, latitude, item }) {
  const icon = L.divIcon({ className: `pin is-${kinds[item.kind].hue}`, html: "<span></span>", iconSize: [32, 32], popupAnchor: [0, -12] });
  const marker = L.marker([latitude, longitude], { icon });
  marker.bindPopup(() => card(item), { autoPanPadding: [24, 24] });
  marker.on("popupopen", ({ popup }) => {
    popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", say.close);
    popup.getElement().querySelector("a").focus();
  });
  marker.on("popupclose", () => marker.getElement()?.focus());
  marker.item = item.id;
  return named(marker, `${kinds[item.kind].label}, ${item.title}`);
}

// Leaflet calls marks buttons, and opens cards with Enter; all else that a key does to a button is done here.
function named(marker, words) {
  marker.on("add", () => marker.getElement().setAttribute("aria-label", words));
  marker.on("keydown", ({ originalEvent: event }) => {
    if (event.key !== " " && (event.key !== "Enter" || marker.getPopup())) return;
    event.preventDefault();
    if (marker.getPopup()) marker.openPopup();
    else marker.fire("click");
  });
  return marker;
}

function card({ title, summary, url, kind }) {
  const shown = document.createElement("div");
  const link = Object.assign(document.createElement("a"), { href: url, textContent: title });
  const strong = document.createElement("strong");
  strong.append(link);
  const label = Object.assign(document.createElement("p"), { textContent: kinds[kind].label, className: "small soft" });
  const words = Object.assign(document.createElement("p"), { textContent: summary, className: "small" });
  shown.append(label, strong, words);
  return shown;
}

// The ways of trails, from near enough, where trails are among what is asked for
async function lines(query, signal) {
  ways.clearLayers();
  const wanted = query.get("kinds");
  if (map.getZoom() < WAYS_FROM || (wanted && !wanted.split(",").includes("trail"))) return;
  const wish = new URLSearchParams({ bbox: query.get("bbox"), limit: "100", f: "json" });
  for (const name of ["theme", "licence", "language", "access", "q"]) {
    if (query.get(name)) wish.set(name, query.get(name));
  }
  if (say.period) wish.set("datetime", say.period);
  const { features } = await (await asks(`${say.ways}?${wish}`, signal)).json();
  ways.addData(features.filter(({ geometry }) => geometry !== null && geometry.type !== "Point"));
}

// From the list to the map

function offer() {
  for (const button of document.querySelectorAll("[data-show]")) button.hidden = false;
}

function goTo({ longitude, latitude, id }) {
  asked?.abort(); // an answer for where one was does not draw what is here
  chosen = id;
  map.setView([Number(latitude), Number(longitude)], Math.max(map.getZoom(), 17));
  place.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

// What went wrong is there to be seen; how many things there are is in the list's heading, and is only said.
function tell(sentence) {
  const status = document.querySelector("[data-status]");
  status.classList.toggle("visually-hidden", sentence !== say.failed);
  if (status.textContent !== sentence) status.textContent = sentence;
}

function later(act) {
  let waiting = null;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(act, WAIT);
  };
}
