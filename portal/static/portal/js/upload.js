// Sends large files in pieces while the form is filled in (tus 1.0.0), shows how far that is, and goes on after a lost
// connection or a reload. Small files go with the form, as they do without script.
const PIECE = 4 * 1024 * 1024;
const VERSION = { "Tus-Resumable": "1.0.0" };
const REMEMBERED = "upload:";
const PAUSES = [1, 2, 5, 10, 20];

for (const place of document.querySelectorAll("[data-uploads]")) attend(place);

function attend(place) {
  const form = place.querySelector("form");
  const field = form?.querySelector("input[type=file]");
  if (!field) return;
  const state = { place, form, field, sending: null, waiting: false };
  field.addEventListener("change", () => choose(state));
  form.addEventListener("submit", (event) => {
    if (state.sending) {
      event.preventDefault();
      state.waiting = true;
      say(state, place.dataset.wait);
    }
  });
  remind(state);
}

function choose(state) {
  state.sending?.abort();
  state.sending = null;
  hidden(state).value = "";
  show(state, "");
  const file = state.field.files[0];
  if (file && file.size > Number(state.place.dataset.above)) send(state, file);
}

async function send(state, file) {
  const stop = new AbortController();
  state.sending = stop;
  const key = `${REMEMBERED}${file.name}:${file.size}:${file.lastModified}`;
  progress(state, file, 0);
  try {
    const { address, offset } = (await known(key, stop)) ?? (await begun(state, file, key, stop));
    await pieces(state, file, key, address, offset, stop);
    if (stop.signal.aborted) return;
    hidden(state).value = address.split("/").pop();
    state.field.value = ""; // it is there already; the form need not bring it again
    localStorage.removeItem(key);
    show(state, fill(state.place.dataset.done, { name: file.name }));
  } catch {
    if (stop.signal.aborted) return;
    show(state, state.place.dataset.failed);
    state.waiting = false;
  }
  state.sending = null;
  if (state.waiting) state.form.requestSubmit();
}

// What was sent of this file before, here or before a reload.
async function known(key, stop) {
  const left = JSON.parse(localStorage.getItem(key) ?? "null");
  if (!left) return null;
  const answer = await fetch(left.address, { method: "HEAD", headers: VERSION, signal: stop.signal });
  if (!answer.ok) {
    localStorage.removeItem(key);
    return null;
  }
  return { address: left.address, offset: Number(answer.headers.get("Upload-Offset")) };
}

async function begun(state, file, key, stop) {
  const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name)));
  const headers = { ...VERSION, ...token(state), "Upload-Length": String(file.size), "Upload-Metadata": `filename ${name}` };
  const answer = await fetch(state.place.dataset.uploads, { method: "POST", headers, signal: stop.signal });
  if (answer.status !== 201) throw new Error(String(answer.status));
  const address = answer.headers.get("Location");
  remember(key, { address, name: file.name, part: 0 });
  return { address, offset: 0 };
}

async function pieces(state, file, key, address, offset, stop) {
  let failures = 0;
  while (offset < file.size) {
    const answer = await piece(state, file, address, offset, stop).catch((error) => {
      if (stop.signal.aborted) throw error;
      return null;
    });
    if (answer?.status === 204 || answer?.status === 409) {
      offset = Number(answer.headers.get("Upload-Offset"));
      failures = 0;
      const part = Math.floor((100 * offset) / file.size);
      remember(key, { address, name: file.name, part });
      progress(state, file, part);
    } else if (answer && answer.status < 500) {
      throw new Error(String(answer.status));
    } else {
      show(state, state.place.dataset.again);
      await new Promise((resume) => setTimeout(resume, 1000 * PAUSES[Math.min(failures++, PAUSES.length - 1)]));
    }
  }
}

function piece(state, file, address, offset, stop) {
  const headers = { ...VERSION, ...token(state), "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  return fetch(address, { method: "PATCH", headers, body: file.slice(offset, offset + PIECE), signal: stop.signal });
}

// What a reload cut short: the browser keeps no file for us, so it has to be chosen again.
function remind(state) {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(REMEMBERED)) continue;
    const left = JSON.parse(localStorage.getItem(key));
    if (Date.now() - left.at > 24 * 3600 * 1000) localStorage.removeItem(key);
    else if (!hidden(state).value) show(state, fill(state.place.dataset.left, left));
  }
}

function remember(key, what) {
  localStorage.setItem(key, JSON.stringify({ ...what, at: Date.now() }));
}

function progress(state, file, part) {
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: part });
  bar.setAttribute("aria-label", file.name);
  const stop = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: state.place.dataset.cancel });
  stop.addEventListener("click", () => {
    state.field.value = "";
    choose(state);
    state.field.focus();
  });
  const focused = shown(state).contains(document.activeElement);
  show(state, fill(state.place.dataset.going, { part, name: file.name }), bar, stop);
  if (focused) stop.focus();
}

function show(state, words, ...more) {
  const said = Object.assign(document.createElement("p"), { textContent: words });
  shown(state).replaceChildren(...(words ? [said] : []), ...more);
}

function say(state, words) {
  shown(state).append(Object.assign(document.createElement("p"), { textContent: words }));
}

function shown(state) {
  return state.place.querySelector(".progress");
}

function hidden(state) {
  return state.form.elements.upload;
}

function token(state) {
  return { "X-CSRF-Token": state.form.elements.csrf_token.value };
}

function fill(words, values) {
  return words.replace(/%\((\w+)\)s/g, (_whole, name) => values[name]);
}
