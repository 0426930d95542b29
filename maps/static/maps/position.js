// Fills in where something is: from where the phone is, or from a touch on a map. Without script one writes it.
// The words, the map's background and what is there already stand in the page, in #position-words.
const words = document.getElementById("position-words");
const field = document.querySelector("input.position");
const rows = document.querySelector("textarea[name=line]");
const said = document.createElement("p");
said.className = "small";
said.setAttribute("role", "status");

const written = (latitude, longitude) => `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function points(text) {
  const found = [];
  for (const row of text.split("\n")) {
    const numbers = row.trim().split(/[,;\s]+/).map(Number);
    if (row.trim() && numbers.length > 1 && numbers.every(Number.isFinite)) found.push([numbers[0], numbers[1]]);
  }
  return found;
}

function whereIAm(put) {
  said.textContent = words.dataset.looking;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      put(coords.latitude, coords.longitude);
      said.textContent = words.dataset.found.replace("{metres}", Math.round(coords.accuracy));
    },
    () => { said.textContent = words.dataset.lost; },
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 },
  );
}

const QUIET = { interactive: false, style: ({ properties }) => ({ className: `ground ${properties.kind}`, weight: 1 }) };

async function outline() {
  return (await fetch(words.dataset.outline)).json();
}

async function map(before, touched) {
  await import(words.dataset.leaflet); // which leaves itself in the window
  const { map: newMap, tileLayer, geoJSON, polyline, circleMarker } = window.L;
  const place = document.createElement("div");
  place.className = "touch-map";
  place.setAttribute("role", "application");
  place.setAttribute("aria-label", words.dataset.map);
  before.after(place);
  const drawn = newMap(place, { zoomControl: true, attributionControl: Boolean(words.dataset.attribution) });
  drawn.attributionControl?.setPrefix(false);
  if (words.dataset.tiles) {
    tileLayer(words.dataset.tiles, { attribution: words.dataset.attribution, maxZoom: 19 }).addTo(drawn);
  } else {
    outline().then((ground) => geoJSON(ground, QUIET).addTo(drawn).bringToBack()).catch(() => undefined); // then without
  }
  said.textContent ||= words.dataset.map;
  const around = JSON.parse(words.dataset.around);
  if (around.line.length > 1) polyline(around.line, { weight: 4, dashArray: "2 8", className: "way" }).addTo(drawn);
  for (const stop of around.stops) circleMarker(stop, { radius: 6 }).addTo(drawn);
  const there = [...around.line, ...around.stops];
  // Where nothing is yet, far enough out to see the shore.
  if (there.length) drawn.fitBounds(there, { maxZoom: 16, padding: [30, 30] });
  else drawn.setView(words.dataset.centre.split(",").map(Number), 13);
  drawn.on("click", ({ latlng }) => touched(latlng.lat, latlng.lng));
  return { drawn, polyline, circleMarker };
}

async function askWhere() {
  let mark, there; // the map comes later than one may say where one is: what was said by then is shown with it
  const put = (latitude, longitude) => {
    field.value = written(latitude, longitude);
    show();
  };
  const tools = document.createElement("div");
  tools.className = "row touch-tools";
  if ("geolocation" in navigator) tools.append(button(words.dataset.here, () => whereIAm(put)));
  field.after(tools, said);
  there = await map(said, put);
  function show() {
    const [at] = points(field.value);
    if (!at || !there) return;
    mark?.remove();
    mark = there.circleMarker(at, { radius: 9, className: "here" }).addTo(there.drawn);
    if (!there.drawn.getBounds().contains(at)) there.drawn.setView(at, 17);
  }
  field.addEventListener("change", show);
  show();
}

async function askWay() {
  let shown, there;
  const add = (latitude, longitude) => {
    rows.value = `${rows.value.trimEnd()}\n${written(latitude, longitude)}`.trimStart();
    show();
  };
  const tools = document.createElement("div");
  tools.className = "row touch-tools";
  tools.append(button(words.dataset.undo, () => {
    rows.value = rows.value.trimEnd().split("\n").slice(0, -1).join("\n");
    show();
  }));
  if ("geolocation" in navigator) tools.append(button(words.dataset.here, () => whereIAm(add)));
  rows.after(tools, said);
  there = await map(said, add);
  function show() {
    if (!there) return;
    shown?.remove();
    shown = there.polyline(points(rows.value), { weight: 5, className: "way here" }).addTo(there.drawn);
  }
  rows.addEventListener("change", show);
  show();
}

if (words && field) askWhere();
if (words && rows) askWay();
