// Records a sound where the browser can, and puts it into the field for files, as if it had been chosen there.
const LONG = 10 * 60, LONGEST = 30 * 60; // seconds
const KINDS = [["audio/webm;codecs=opus", "webm"], ["audio/mp4", "m4a"], ["audio/ogg;codecs=opus", "ogg"]];

for (const place of document.querySelectorAll("[data-record]")) offer(place);

function offer(place) {
  const field = place.closest("form")?.querySelector("input[type=file]");
  const kind = window.MediaRecorder && KINDS.find(([type]) => MediaRecorder.isTypeSupported(type));
  if (!field || !kind || !navigator.mediaDevices?.getUserMedia) return;
  place.hidden = false;
  begin(place, field, kind);
}

function begin(place, field, kind) {
  const start = element("button", { type: "button", className: "button", textContent: place.dataset.start });
  start.addEventListener("click", () => record(place, field, kind));
  place.replaceChildren(start);
  return start;
}

async function record(place, field, [type, extension]) {
  let stream;
  try {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: true };
    stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
  } catch {
    const refused = element("p", { textContent: place.dataset.refused });
    refused.setAttribute("role", "alert");
    begin(place, field, [type, extension]);
    place.append(refused);
    return;
  }
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 128000 });
  const pieces = [], began = performance.now();
  const time = element("p", { className: "running" });
  const level = element("meter", { min: 0, max: 1, value: 0 });
  level.setAttribute("aria-hidden", "true");
  const note = element("p", { className: "small soft" });
  note.setAttribute("role", "status");
  const stop = element("button", { type: "button", className: "button now", textContent: place.dataset.stop });
  place.replaceChildren(time, level, note, stop);
  stop.focus();
  const seconds = () => (performance.now() - began) / 1000;
  const measure = meter(stream, level);
  const tick = () => {
    time.textContent = say(place.dataset.running, { time: clock(seconds()) });
    measure();
    if (seconds() > LONG && !note.textContent) note.textContent = place.dataset.long;
    if (seconds() > LONGEST) recorder.stop();
  };
  tick();
  const ticking = setInterval(tick, 200);
  stop.addEventListener("click", () => recorder.stop());
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.addEventListener("stop", () => {
    clearInterval(ticking);
    stream.getTracks().forEach((track) => track.stop());
    const name = `${place.dataset.name}-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, "-")}.${extension}`;
    keep(place, field, new File(pieces, name, { type: type.split(";")[0] }), [type, extension], seconds());
  });
  recorder.start(1000); // a piece a second: what a crash of the browser takes is little
}

function keep(place, field, file, kind, seconds) {
  const chosen = new DataTransfer();
  chosen.items.add(file);
  field.files = chosen.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  const ready = element("p", { textContent: say(place.dataset.ready, { time: clock(seconds) }) });
  ready.setAttribute("role", "status");
  const sound = element("audio", { controls: true, src: URL.createObjectURL(file) });
  sound.setAttribute("aria-label", place.dataset.name);
  const discard = element("button", { type: "button", className: "button quiet", textContent: place.dataset.discard });
  discard.addEventListener("click", () => {
    URL.revokeObjectURL(sound.src);
    field.value = "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
    begin(place, field, kind).focus();
  });
  place.replaceChildren(ready, sound, discard);
}

// How loud it is now, to see that the microphone hears something.
function meter(stream, level) {
  try {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return () => {
      analyser.getFloatTimeDomainData(samples);
      level.value = Math.min(Math.max(...samples.map(Math.abs)) * 1.5, 1);
    };
  } catch {
    return () => {};
  }
}

function say(words, values) {
  return words.replace(/%\((\w+)\)s/g, (_whole, name) => values[name]);
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function element(name, values) {
  return Object.assign(document.createElement(name), values);
}
