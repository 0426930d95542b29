// The part of a page in which a trail is taken along, renewed or given back.
import { Pack, isPossible } from "./pack.js";

for (const place of document.querySelectorAll("[data-pack]")) if (isPossible) offer(place);

function megabytes(bytes, locale) {
  const digits = bytes < 10_000_000 ? 1 : 0;
  const form = { style: "unit", unit: "megabyte", maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, form).format(bytes / 1_000_000);
}

async function offer(place) {
  const say = place.dataset;
  const pack = new Pack(say.pack, say.manifest);
  const words = place.querySelector("[data-words]");
  const bar = place.querySelector("progress");
  const take = place.querySelector("[data-take]");
  const remove = place.querySelector("[data-remove]");
  let offered = await pack.offered();

  async function show() {
    const taken = await pack.taken();
    const begun = await pack.isBegun();
    if (offered?.gone) {
      const here = taken || begun;
      if (here) await pack.remove();
      words.textContent = here ? `${say.gone} ${say.removed}` : say.gone;
      take.hidden = remove.hidden = true;
      return;
    }
    const stale = taken && offered && offered.version !== taken.version;
    words.textContent = stale ? say.stale : taken ? say.here : begun ? say.begun : "";
    const size = offered?.bytes ? megabytes(offered.bytes, say.locale) : "";
    take.textContent = (stale ? say.renew : begun ? say.resume : say.take).replace("{size}", size);
    take.hidden = !offered || (Boolean(taken) && !stale);
    remove.hidden = !taken && !begun;
  }

  async function fetchAll() {
    take.disabled = true;
    bar.hidden = false;
    words.textContent = say.working;
    try {
      offered = (await pack.offered()) ?? offered;
      if (!offered.gone) {
        await pack.take(offered, (bytes, total) => {
          bar.max = total;
          bar.value = bytes;
        });
      }
      await show();
    } catch (wrong) {
      await show();
      words.textContent = { QuotaExceededError: say.full, WrongContent: say.wrong }[wrong.name] ?? say.cut;
    }
    bar.hidden = true;
    take.disabled = false;
  }

  take.addEventListener("click", fetchAll);
  remove.addEventListener("click", async () => {
    await pack.remove();
    await show();
    words.textContent = say.removed;
    if (!take.hidden) take.focus();
  });
  await show();
  place.hidden = false;
}
