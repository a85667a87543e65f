// Load until a server has stopped getting faster. Compilers of JavaScript work in tiers, the last of which comes after tens
// of thousands of requests; whoever is measured before that is measured as a stranger to its own code.

/** What one burst of a second answered, and how fast. */
export interface WarmBurst {
  readonly requests: number;
  readonly perSecond: number;
}

/** A burst that is no faster than this, compared with the best before, is no rise. */
const RISE = 1.05;
/** So many in a row, since a busy neighbour slows down single ones. */
const FLAT_BURSTS = 2;
const BURSTS_MIN = 4;
const BURSTS_MAX = 12;
/** V8 still compiles a function every few milliseconds after half of these, though nothing gets faster by it. */
const REQUESTS_MIN = 50_000;
const REQUESTS_MAX = 100_000;

/** Returns how many bursts that took. Rejects as `burst` does. */
export async function warmUp(burst: () => Promise<WarmBurst>): Promise<number> {
  let best = 0;
  let flat = 0;
  let requests = 0;
  for (let bursts = 1; ; bursts++) {
    const done = await burst();
    requests += done.requests;
    flat = done.perSecond > best * RISE ? 0 : flat + 1;
    best = Math.max(best, done.perSecond);
    const isFlat = bursts >= BURSTS_MIN && requests >= REQUESTS_MIN && flat >= FLAT_BURSTS;
    if (isFlat || bursts === BURSTS_MAX || requests >= REQUESTS_MAX) return bursts;
  }
}
