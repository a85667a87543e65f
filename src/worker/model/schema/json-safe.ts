// Any value → what JSON can hold of it. Schemas come from libraries and from user code: bounds may be infinite,
// defaults may be bigints, objects may carry functions and symbols. What JSON has no word for is left out.
import type { Json } from '../../../base/json.ts';

/** Deeper than any schema written by hand; a value that refers to itself ends here. */
const DEPTH_MAX = 200;

/** undefined where nothing of the value can be kept. */
export function jsonSafe(value: unknown, depth = 0): Json | undefined {
  if (depth > DEPTH_MAX) throw new TypeError('it is nested too deep, or refers to itself; use $ref instead');
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
    case 'object':
      return value === null ? null : objectSafe(value, depth);
    default:
      return undefined;
  }
}

function objectSafe(value: object, depth: number): Json | undefined {
  if (Array.isArray(value)) {
    return value.map((item) => jsonSafe(item, depth + 1)).filter((item) => item !== undefined);
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return jsonSafe(value.toJSON(), depth + 1);
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const safe = jsonSafe(item, depth + 1);
    if (safe !== undefined) entries.push([key, safe]);
  }
  // Makes own properties of whatever name, `__proto__` included.
  return Object.fromEntries(entries);
}
