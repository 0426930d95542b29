// When a walker has come to a stop, what then plays and what waits: the rule of maps/rules/walking.py, which is the
// reference; a test takes both along the same walks. A walk is a value: each function returns the next one.

export const WORST = 50; // metres: a position known worse than that is left out
const BORDER = 20; // metres outside its radius at which a stop is left, or as far as the position is unsure
const EARTH = 6_371_008.8; // metres, the mean radius

export const start = () => ({ near: [], inside: [], begun: [], playing: null, waiting: null });

// The walk after a position { longitude, latitude, accuracy }: what was entered begins if nothing plays, else it waits.
// `posts` are { id, longitude, latitude, radius } in the order of the trail.
export function moved(walk, posts, fix) {
  if (!(fix.accuracy <= WORST)) return walk;
  const away = new Map(posts.map((post) => [post.id, distance(post, fix)]));
  const near = posts.filter(({ id, radius }) => away.get(id) <= radius).map(({ id }) => id);
  const entered = near.filter((id) => walk.near.includes(id) && !walk.inside.includes(id));
  const left = ({ id, radius }) => away.get(id) > radius + Math.max(BORDER, fix.accuracy);
  const gone = posts.filter(left).map(({ id }) => id);
  const inside = [...walk.inside, ...entered].filter((id) => !gone.includes(id));
  return called({ ...walk, near, inside }, posts, entered);
}

// The walk after a sound is over: what waited begins, and of what one is still within the next waits.
export function finished(walk, posts) {
  if (walk.playing === null) return walk;
  if (walk.waiting === null) return { ...walk, playing: null };
  const next = begun({ ...walk, waiting: null }, walk.waiting);
  return { ...next, waiting: nextOf(posts, next.begun, next.inside) };
}

// The walk after somebody asked for a stop, by a tap: it plays now, also a second time.
export function chosen(walk, id) {
  return begun({ ...walk, waiting: walk.waiting === id ? null : walk.waiting }, id);
}

// Which of several stops comes next: the first not begun yet after the one begun last, else the first.
export function nextOf(posts, alreadyBegun, among) {
  const possible = among.filter((id) => !alreadyBegun.includes(id));
  const order = posts.map(({ id }) => id);
  const last = order.indexOf(alreadyBegun.at(-1)) + 1;
  return [...order.slice(last), ...order.slice(0, last)].find((id) => possible.includes(id)) ?? null;
}

// Metres between two positions, along a great circle.
export function distance(one, other) {
  const rad = Math.PI / 180;
  const dLat = ((other.latitude - one.latitude) * rad) / 2;
  const dLon = ((other.longitude - one.longitude) * rad) / 2;
  const across = Math.cos(one.latitude * rad) * Math.cos(other.latitude * rad) * Math.sin(dLon) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(Math.sin(dLat) ** 2 + across)));
}

function called(walk, posts, entered) {
  let next = nextOf(posts, walk.begun, entered);
  if (next === null) return walk;
  if (walk.playing === null) {
    walk = begun(walk, next);
    next = nextOf(posts, walk.begun, entered);
  }
  return walk.waiting !== null || next === null ? walk : { ...walk, waiting: next };
}

function begun(walk, id) {
  return { ...walk, begun: walk.begun.includes(id) ? walk.begun : [...walk.begun, id], playing: id };
}
