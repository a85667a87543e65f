// How large and how deep a JSON value is, without serialising it. Iterative: depth is what an attacker chooses.
import type { Json } from './json.ts';

const OVERHEAD_BYTES = 16;

/** Roughly the memory a value holds: good enough for budgets, never for Content-Length. */
export function approximateBytes(value: Json | object): number {
  if (typeof value === 'string') return value.length + OVERHEAD_BYTES;
  if (typeof value !== 'object' || value === null) return OVERHEAD_BYTES;
  let bytes = 0;
  const pending: (Json | object | undefined)[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    bytes += OVERHEAD_BYTES;
    if (typeof next === 'string') bytes += next.length;
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) for (const key of Object.keys(next)) bytes += key.length;
    for (const child of Object.values(next)) pending.push(child);
  }
  return bytes;
}

/** True when arrays and objects nest in more than `levels` levels. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === levels) return true;
    const below: object[] = [];
    for (const container of level) {
      for (const child of Object.values(container)) if (isContainer(child)) below.push(child);
    }
    level = below;
  }
  return false;
}

// Three digits of exponent, or as many digits as the largest double has.
const MAY_OVERFLOW = /\d[eE]\+?\d{3}|(?<!\d)\d{309}/;

/** Whether a number of this JSON text may be too large for a double: then the value has to be looked at. */
export function mayOverflow(text: string): boolean {
  return MAY_OVERFLOW.test(text);
}

interface Place {
  readonly container: object;
  readonly key: string;
  readonly parent: Place | null;
}

/** Where the first infinite number stands that JSON.parse made of one too large for a double; null where there is none. */
export function overflowIn(value: Json): (string | number)[] | null {
  const pending: Place[] = [{ container: { value }, key: '', parent: null }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [key, child] of Object.entries(next.container)) {
      if (typeof child === 'number' && !Number.isFinite(child)) return pathOf(next, key);
      if (isContainer(child)) pending.push({ container: child, key, parent: next });
    }
  }
  return null;
}

function pathOf(place: Place, last: string): (string | number)[] {
  const keys: (string | number)[] = [];
  let key = last;
  // The outermost container is ours.
  for (let at: Place = place; at.parent !== null; at = at.parent) {
    keys.unshift(Array.isArray(at.container) ? Number(key) : key);
    key = at.key;
  }
  return keys;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
