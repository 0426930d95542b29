// A trail taken along: every file that its pages need, fetched once, checked by its hash, kept in the browser and given
// back by the service worker (sw.js) when there is no network. What is not whole is never called ready; what is there
// already is not fetched again. It arrives in a cache of its own: until all of it has, an older pack stays as it was.

const MANIFEST = "pack.json";

export class Pack {
  constructor(slug, address) {
    this.slug = slug;
    this.address = address; // of the manifest
    this.name = `trail:${slug}`;
    this.arriving = `arriving:${slug}`;
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
    return caches.has(this.arriving);
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
    await navigator.serviceWorker.register("/trails/sw.js", { scope: "/" });
    const here = await caches.open(this.name);
    const arriving = await caches.open(this.arriving);
    const missing = [];
    for (const file of manifest.files) {
      if (await holds(here, file)) await arriving.delete(file.url);
      else if (!(await holds(arriving, file))) missing.push(file);
    }
    let left = missing.reduce((sum, { bytes }) => sum + bytes, 0);
    await fits(left);
    for (const file of missing) {
      await arriving.put(file.url, await fetched(file));
      left -= file.bytes;
      progress(manifest.bytes - left, manifest.bytes);
    }
    await this.swap(manifest, here, arriving);
    await navigator.storage?.persist?.();
  }

  // Puts what has arrived into the place of what was there: the page last, and then the list that makes it a whole pack.
  async swap(manifest, here, arriving) {
    for (const { url } of [...manifest.files].reverse()) {
      const arrived = await arriving.match(url);
      if (!arrived) continue;
      await here.put(url, arrived);
      await arriving.delete(url);
    }
    await here.put(this.key, new Response(JSON.stringify(manifest), { headers: { "Content-Type": "application/json" } }));
    const wanted = new Set([this.key, ...manifest.files.map(({ url }) => new URL(url, location.origin).href)]);
    for (const { url } of await here.keys()) if (!wanted.has(url)) await here.delete(url);
    await caches.delete(this.arriving);
  }

  // Gives the room back, and forgets what was heard; without any pack the service worker goes, too.
  async remove() {
    await caches.delete(this.name);
    await caches.delete(this.arriving);
    const walks = Object.keys(sessionStorage).filter((key) => key.startsWith(`walk:${this.slug}:`));
    for (const walk of walks) sessionStorage.removeItem(walk);
    const left = (await caches.keys()).some((name) => name.startsWith("trail:") || name.startsWith("arriving:"));
    if (left) return;
    for (const registered of await navigator.serviceWorker.getRegistrations()) await registered.unregister();
  }
}

export const isPossible = "serviceWorker" in navigator && "caches" in window && Boolean(crypto.subtle);

async function fits(bytes) {
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

async function holds(cache, file) {
  const here = await cache.match(file.url);
  return here !== undefined && (await hash(await here.arrayBuffer())) === file.sha256;
}

async function hash(content) {
  const digest = await crypto.subtle.digest("SHA-256", content);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
