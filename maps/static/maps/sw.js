// Gives back what was taken along (pack.js) when there is no network. It answers for pages under /trails/ alone, keeps
// nothing by itself, and where it has nothing it stays out of the way.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/media/") || url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

// A page comes from the network as long as there is one.
async function page(request, url) {
  try {
    return await fetch(request);
  } catch (away) {
    const slug = url.pathname.split("/")[2];
    const pack = await whole(`trail:${slug}`);
    if (pack) return (await (await caches.open(`trail:${slug}`)).match(pack.page)) ?? Response.error();
    for (const name of await caches.keys()) {
      const other = name.startsWith("trail:") && (await whole(name));
      if (other) return Response.redirect(`/trails/${name.slice("trail:".length)}/walk`);
    }
    throw away;
  }
}

async function whole(name) {
  if (!(await caches.has(name))) return null;
  const cache = await caches.open(name);
  const kept = (await cache.keys()).find(({ url }) => url.endsWith("/pack.json"));
  return kept ? (await cache.match(kept)).json() : null;
}

// A file's address names its content: what is here need not be asked for.
async function file(request) {
  const kept = await caches.match(request.url);
  if (!kept) return fetch(request);
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
