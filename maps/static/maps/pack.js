// A trail taken along: every file that its pages need, fetched once, checked by its hash, kept in the browser and given
// back by the service worker (sw.js) when there is no network. What is not whole is never called ready; what is there
// already is not fetched again.

const MANIFEST = "pack.json";

export class Pack {
  constructor(slug, address) {
    this.slug = slug;
    this.address = address; // of the manifest
    this.name = `trail:${slug}`;
    this.key = new URL(`/trails/${slug}/${MANIFEST}`, location.origin).href;
  }

  // Returns the manifest of the pack that is whole on this device, or null.
  async taken() {
    if (!(await caches.has(this.name))) return null;
    const cache = await caches.open(this.name);
    return (await cache.match(this.key))?.json() ?? null;
  }

  // Is there something of it here that is not whole?
  async isBegun() {
    return (await caches.has(this.name)) && (await this.taken()) === null;
  }

  // Returns what the portal offers now: null where there is no network, { gone: true } where the trail is no more.
  async offered() {
    try {
      const answer = await fetch(this.address, { cache: "no-cache" });
      if (answer.status === 404 || answer.status === 410) return { gone: true };
      return answer.ok ? answer.json() : null;
    } catch {
      return null;
    }
  }

  // Fetches what is missing. `progress(bytes, total)` is told how far it is. Throws what went wrong: an Error whose `name`
  // is QuotaExceededError (no room), WrongContent (not what was announced), or another (no network).
  async take(manifest, progress) {
    await fits(manifest);
    await navigator.serviceWorker.register("/trails/sw.js", { scope: "/trails/" });
    const cache = await caches.open(this.name);
    const former = await this.taken();
    await cache.delete(this.key);
    const kept = new Map((former?.files ?? []).map((file) => [file.url, file.sha256]));
    let bytes = 0;
    for (const file of manifest.files) {
      const here = await cache.match(file.url);
      const good = here && (kept.get(file.url) === file.sha256 || (await matches(here, file)));
      if (!good) await cache.put(file.url, await fetched(file));
      bytes += file.bytes;
      progress(bytes, manifest.bytes);
    }
    const wanted = new Set(manifest.files.map(({ url }) => new URL(url, location.origin).href));
    for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
    await cache.put(this.key, new Response(JSON.stringify(manifest), { headers: { "Content-Type": "application/json" } }));
    await navigator.storage?.persist?.();
  }

  // Gives the room back; without any pack the service worker goes, too.
  async remove() {
    await caches.delete(this.name);
    const left = (await caches.keys()).some((name) => name.startsWith("trail:"));
    if (!left) await (await navigator.serviceWorker.getRegistration("/trails/"))?.unregister();
  }
}

export const isPossible = "serviceWorker" in navigator && "caches" in window && Boolean(crypto.subtle);

async function fits({ bytes }) {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota !== undefined && quota - usage < bytes) throw new DOMException("no room", "QuotaExceededError");
}

async function fetched(file) {
  const answer = await fetch(file.url, { cache: "no-cache", credentials: "omit" });
  if (!answer.ok) throw new Error(`${answer.status} ${file.url}`);
  const content = await answer.arrayBuffer();
  if ((await hash(content)) !== file.sha256) throw Object.assign(new Error(file.url), { name: "WrongContent" });
  const headers = { "Content-Type": file.type, "Content-Length": String(content.byteLength), "Accept-Ranges": "bytes" };
  return new Response(content, { headers });
}

async function matches(here, file) {
  return (await hash(await here.arrayBuffer())) === file.sha256;
}

async function hash(content) {
  const digest = await crypto.subtle.digest("SHA-256", content);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
