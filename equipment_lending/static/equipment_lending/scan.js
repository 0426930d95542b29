// Reads labels with the camera, where the browser can. Where it cannot nothing is shown: a field can always be typed into,
// and a scanner on a cable types for itself. A page says `<div data-scan="field" data-label="…" …  hidden></div>`.
const SOME_TIME = 200; // milliseconds between two looks; faster only warms the tablet

for (const place of document.querySelectorAll("[data-scan]")) offer(place);

async function offer(place) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return;
  const button = element("button", { type: "button", className: "button quiet", textContent: place.dataset.label });
  button.addEventListener("click", () => read(place, new BarcodeDetector({ formats: ["qr_code"] }), button));
  place.append(button);
  place.hidden = false;
}

async function read(place, detector, button) {
  const dialog = element("dialog", { className: "scanning" });
  const title = element("p", { textContent: place.dataset.title, id: "scanning" });
  const video = element("video", { className: "viewfinder", muted: true, playsInline: true });
  const close = element("button", { type: "button", className: "button", textContent: place.dataset.close });
  dialog.setAttribute("aria-labelledby", "scanning");
  dialog.append(title, video, close);
  document.body.append(dialog);
  close.addEventListener("click", () => dialog.close());
  dialog.showModal();
  let stream = null;
  dialog.addEventListener("close", () => {
    stream?.getTracks().forEach((track) => track.stop());
    dialog.remove();
    button.focus();
  });
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
    if (!dialog.open) stream.getTracks().forEach((track) => track.stop());
    const text = await seen(dialog, video, detector);
    if (text) fill(place, dialog, text);
  } catch {
    title.textContent = place.dataset.refused;
    title.setAttribute("role", "alert");
    video.remove();
  }
}

async function seen(dialog, video, detector) {
  while (dialog.open) {
    const [code] = await detector.detect(video);
    if (code) return code.rawValue;
    await new Promise((resume) => setTimeout(resume, SOME_TIME));
  }
  return null;
}

// Does what somebody would who types it: fills the field and presses the button beside it.
function fill(place, dialog, text) {
  dialog.close();
  const field = document.getElementById(place.dataset.scan);
  field.value = text;
  field.form.requestSubmit(field.form.querySelector("[data-scan-send]") ?? undefined);
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
