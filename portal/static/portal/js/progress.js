// Shows how far the work on a media is, and opens its page anew when it is done.
const SOME_TIME = 1500;
const place = document.querySelector("[data-progress]");
if (place) look();

async function look() {
  const bar = place.querySelector("progress");
  const words = place.querySelector("p");
  for (;;) {
    await new Promise((resume) => setTimeout(resume, document.hidden ? 5 * SOME_TIME : SOME_TIME));
    const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer) continue; // no connection for a moment
    if (!answer.ok) return;
    const media = await answer.json();
    if (media.state === "ready" || media.state === "failed") {
      location.reload();
      return;
    }
    if (bar.value !== media.progress) words.textContent = words.textContent.replace(/\d+/, String(media.progress));
    bar.value = media.progress;
  }
}
