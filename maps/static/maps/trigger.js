// When a stop begins by itself as somebody walks: the same rule as maps/rules/walking.py, which is the reference; a test
// walks both along the same traces. Positions are { longitude, latitude, accuracy } in degrees and metres.

export const GOOD_ENOUGH = 50; // metres: a position known less well says nothing
const LEAST_MARGIN = 20; // metres beyond its radius at which a stop is left again
const EARTH = 6_371_008.8; // metres, the mean radius

export class Walk {
  // `stops` are { id, longitude, latitude, radius } in walking order.
  constructor(stops) {
    this.stops = stops;
    this.heard = new Set();
    this.near = new Set();
    this.before = new Set();
  }

  // Returns the stop that begins now, or null. A stop begins once, when two fixes in a row are within its radius; of
  // several, the first in walking order that has not been heard.
  fix({ longitude, latitude, accuracy }) {
    if (!(accuracy <= GOOD_ENOUGH)) return null;
    const within = new Set();
    for (const stop of this.stops) {
      const metres = distance(longitude, latitude, stop.longitude, stop.latitude);
      if (metres <= stop.radius) within.add(stop.id);
      else if (metres > stop.radius + Math.max(LEAST_MARGIN, accuracy)) this.near.delete(stop.id);
    }
    const entered = this.stops.find(
      ({ id }) => within.has(id) && this.before.has(id) && !this.near.has(id) && !this.heard.has(id),
    );
    this.before = within;
    if (!entered) return null;
    this.near.add(entered.id);
    this.heard.add(entered.id);
    return entered;
  }
}

// Metres between two positions, along a great circle.
export function distance(longitude1, latitude1, longitude2, latitude2) {
  const rad = Math.PI / 180;
  const dLat = ((latitude2 - latitude1) * rad) / 2;
  const dLon = ((longitude2 - longitude1) * rad) / 2;
  const a = Math.sin(dLat) ** 2 + Math.cos(latitude1 * rad) * Math.cos(latitude2 * rad) * Math.sin(dLon) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(a)));
}
