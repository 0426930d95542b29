// Gives back what was taken along (pack.js) when there is no network: the pages of a kept trail, the posts of its stops, and
// the files that those pages name. It keeps nothing by itself, lets go of a trail that is no more, and stays out of the way
// of every other page.

const TRAIL = /^\/trails\/([a-z0-9-]+)(?:\/(?:walk|offline))?$/;
const POST = /^\/stops\/([0-9a-f-]{36})$/;
const FILE = /^\/(?:media|static)\//;
const NAMED_BY_CONTENT = /^\/media\/[0-9a-f]{64}\.|[?&]v=/;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const ours = ["/trails/*", "/stops/*", "/media/*", "/static/*"].map((pathname) => ({ urlPattern: { pathname } }));
  // Where browsers know how, nothing else as much as wakes this script.
  event.addRoutes?.({ condition: { not: { or: ours } }, source: "network" }).catch(() => undefined);
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (TRAIL.test(pathname) || POST.test(pathname)) event.respondWith(page(request, pathname));
  } else if (FILE.test(pathname) && mayBeTrails(request)) event.respondWith(file(event));
});

// Files are asked for by a page, or by another file (letters by a sheet, script by script).
function mayBeTrails({ referrer }) {
  const { pathname } = new URL(referrer, self.location.origin);
  return TRAIL.test(pathname) || FILE.test(pathname);
}

// A page comes from the network as long as there is one. When it says that the trail is no more, neither is its pack: the
// button that would remove it was on that page.
async function page(request, pathname) {
  try {
    const answer = await fetch(request);
    if (TRAIL.test(pathname) && [404, 410].includes(answer.status)) await letGo(pathname);
    return answer;
  } catch (away) {
    const kept = TRAIL.test(pathname) ? await trail(pathname) : await post(pathname);
    if (kept) return kept;
    throw away;
  }
}

// Without any pack this script goes, too, as when the last one is removed by hand (pack.js).
async function letGo(pathname) {
  const [, slug] = TRAIL.exec(pathname);
  const gone = await Promise.all([`trail:${slug}`, `arriving:${slug}`].map((name) => caches.delete(name)));
  if (!gone.includes(true)) return;
  const left = (await caches.keys()).some((name) => /^(trail|arriving):/.test(name));
  if (!left) await self.registration.unregister();
}

async function trail(pathname) {
  const cache = await cacheOf(pathname);
  const pack = cache && (await manifest(cache));
  return pack && cache.match(pack.page);
}

// What the code on a post leads to is on the way, at that stop.
async function post(pathname) {
  const [, id] = POST.exec(pathname);
  for (const name of await caches.keys()) {
    const pack = name.startsWith("trail:") && (await manifest(await caches.open(name)));
    const anchor = pack && pack.stops?.[id];
    if (anchor) return Response.redirect(`/trails/${pack.trail}/walk#${encodeURIComponent(anchor)}`);
  }
  return undefined;
}

// The cache of the trail that an address belongs to, where there is one.
async function cacheOf(pathname) {
  const name = `trail:${TRAIL.exec(pathname)?.[1]}`;
  return (await caches.has(name)) ? caches.open(name) : null;
}

// A pack without its list is not whole.
async function manifest(cache) {
  const [list] = (await cache.keys()).filter(({ url }) => url.endsWith("/pack.json"));
  return list && (await cache.match(list)).json();
}

// A file whose address names its content need not be asked for when it is here; any other comes from the network first.
async function file({ request, clientId }) {
  const client = await self.clients.get(clientId);
  const cache = client && (await cacheOf(new URL(client.url).pathname));
  const kept = await cache?.match(request.url);
  if (!kept) return fetch(request);
  const { pathname, search } = new URL(request.url);
  if (!NAMED_BY_CONTENT.test(pathname + search)) return fetch(request).catch(() => kept);
  const range = request.headers.get("Range");
  return range ? part(kept, range) : kept;
}

// Players ask for parts, and browsers want parts answered as such (RFC 9110, 14.2).
async function part(kept, range) {
  const content = await kept.blob();
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range);
  if (!asked || (asked[1] === "" && asked[2] === "")) return new Response(content, { headers: kept.headers });
  const first = asked[1] === "" ? Math.max(0, content.size - Number(asked[2])) : Number(asked[1]);
  const last = asked[1] === "" || asked[2] === "" ? content.size - 1 : Math.min(Number(asked[2]), content.size - 1);
  const headers = new Headers(kept.headers);
  if (first > last) {
    headers.set("Content-Range", `bytes */${content.size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("Content-Range", `bytes ${first}-${last}/${content.size}`);
  headers.set("Content-Length", String(last - first + 1));
  return new Response(content.slice(first, last + 1), { status: 206, headers });
}
