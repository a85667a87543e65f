// The synchronous walk of encode.ts: one value → plain JSON, with null and a note where something has to be awaited.
// Plain JSON takes no copy: containers are copied only where something inside them changes.
import type { Json } from '../../../base/json.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import type { FileValue } from './file-value.ts';
import { describeLocation, type Key } from './location.ts';
import { classify, classifyOwnJson, type Special } from './special-value.ts';

const DEPTH_MAX = limit('outputDepthMax');

/** Something to wait for; null stands in its place meanwhile. */
export interface Pending {
  readonly keys: readonly Key[];
  /** What lies on the way, so that a cycle is noticed also across a promise. */
  readonly containers: readonly object[];
  readonly work:
    | { readonly kind: 'file'; readonly file: FileValue }
    | { readonly kind: 'promise'; readonly promise: PromiseLike<unknown> };
}

export class Walker {
  readonly #root: string;
  /** Way to the value at hand; only the first `depth` entries are meant. Written in place: no allocation per level. */
  readonly #keys: Key[] = [];
  readonly #containers: object[] = [];
  #pending: Pending[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  encode(value: unknown): Json {
    return this.#walk(value, 0);
  }

  /** Encodes what a pending promise gave, as if it had stood in its place from the beginning. */
  encodeAt({ keys, containers }: Pending, value: unknown): Json {
    for (const [depth, key] of keys.entries()) this.#keys[depth] = key;
    for (const [depth, container] of containers.entries()) this.#containers[depth] = container;
    return this.#walk(value, keys.length);
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  takePending(): readonly Pending[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending;
  }

  #walk(value: unknown, depth: number): Json {
    switch (typeof value) {
      case 'string':
        return value.isWellFormed() ? value : value.toWellFormed();
      case 'number':
        if (Number.isFinite(value)) return value === 0 ? 0 : value;
        return this.#refuseNonFinite(depth);
      case 'boolean':
        return value;
      case 'undefined':
        return null;
      case 'bigint':
        return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
      case 'object':
        return value === null ? null : this.#object(value, depth);
      case 'function':
        return this.#refuse(depth, 'a function', 'return what it gives, or leave it out');
      default:
        return this.#refuse(depth, `a ${typeof value}`, 'return its description, or leave it out');
    }
  }

  #object(value: object, depth: number): Json {
    if (depth >= DEPTH_MAX) this.#tooDeep(value, depth);
    this.#containers[depth] = value;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value)) {
      return prototype === Array.prototype ? this.#array(value, depth) : this.#special(value, depth);
    }
    if (prototype !== Object.prototype && prototype !== null) return this.#special(value, depth);
    return this.#plain(value as Record<string, unknown>, depth);
  }

  #array(value: readonly unknown[], depth: number): Json {
    let copy: Json[] | null = null;
    for (let index = 0; index < value.length; index++) {
      this.#keys[depth] = index;
      const item = value[index];
      const encoded = this.#walk(item, depth + 1);
      if (copy === null && !Object.is(encoded, item)) copy = value.slice(0, index) as Json[];
      copy?.push(encoded);
    }
    return copy ?? (value as readonly Json[]);
  }

  #plain(value: Record<string, unknown>, depth: number): Json {
    // Rare on plain objects, and an enumeration would not show them.
    if (typeof value.toJSON === 'function' || Symbol.iterator in value) return this.#special(value, depth);
    const pendingBefore = this.#pending.length;
    let copy: Record<string, Json> | null = null;
    const names = Object.keys(value);
    for (let at = 0; at < names.length; at++) {
      const name = names[at] ?? '';
      const item = value[name];
      if (typeof item === 'function') {
        // Its methods decide what it is: a thenable, an array of a numeric library, or nothing that JSON can carry.
        this.#pending.length = pendingBefore;
        return this.#special(value, depth);
      }
      this.#keys[depth] = name;
      const encoded = this.#walk(item, depth + 1);
      if (copy === null && (!Object.is(encoded, item) || !name.isWellFormed())) {
        copy = copyOfFirst(value, names, at);
      }
      if (copy !== null && item !== undefined) put(copy, name, encoded);
    }
    return copy ?? (value as Record<string, Json>);
  }

  #special(value: object, depth: number): Json {
    const key = depth === 0 ? '' : String(this.#keys[depth - 1]);
    return this.#encodeSpecial(classify(value, key), value, depth);
  }

  #encodeSpecial(special: Special, value: object, depth: number): Json {
    switch (special.kind) {
      case 'file':
        return this.#defer(depth, special);
      case 'promise':
        return this.#defer(depth, special);
      case 'instead':
        return this.#walk(special.value, depth);
      case 'own-json': {
        const own = special.value;
        if (typeof own !== 'object' || own === null) return this.#walk(own, depth);
        return this.#encodeSpecial(classifyOwnJson(own), own, depth);
      }
      case 'items':
        return this.#items(special.items, depth);
      case 'map':
        return this.#map(special.map, depth);
      case 'properties':
        return this.#properties(value, depth);
      case 'refused':
        return this.#refuse(depth, special.what, special.mend);
    }
  }

  #items(items: Iterable<unknown>, depth: number): Json {
    const list: Json[] = [];
    for (const item of items) {
      this.#keys[depth] = list.length;
      list.push(this.#walk(item, depth + 1));
    }
    return list;
  }

  /** An object where every key has a text of its own, else a list of pairs: nothing may overwrite anything. */
  #map(map: ReadonlyMap<unknown, unknown>, depth: number): Json {
    const names = new Set<string>();
    for (const key of map.keys()) {
      if (typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean')
        names.add(String(key));
    }
    if (names.size !== map.size) return this.#items(map, depth);
    const result: Record<string, Json> = {};
    for (const [key, item] of map) this.#property(result, String(key), item, depth);
    return result;
  }

  #properties(value: object, depth: number): Json {
    const result: Record<string, Json> = {};
    for (const name of Object.keys(value)) this.#property(result, name, Reflect.get(value, name), depth);
    return result;
  }

  #property(result: Record<string, Json>, name: string, item: unknown, depth: number): void {
    if (item === undefined) return;
    this.#keys[depth] = name.toWellFormed();
    put(result, name, this.#walk(item, depth + 1));
  }

  #defer(depth: number, work: Pending['work']): null {
    const keys = this.#keys.slice(0, depth);
    this.#pending.push({ keys, containers: this.#containers.slice(0, depth), work });
    return null;
  }

  // Failures: each names the place and says how to mend it.

  #refuseNonFinite(depth: number): null {
    // Read here and not once: setup() may set it.
    if ((process.env.PAWL_NONFINITE ?? process.env.COG_NONFINITE) === 'null') return null;
    return this.#refuse(depth, 'a non-finite number', 'JSON has no NaN and no Infinity; return null instead');
  }

  /** A cycle is only noticed here, many rounds later: name the place where the first round closes. */
  #tooDeep(value: object, depth: number): never {
    const firstSeen = new Map<object, number>();
    for (const [at, container] of [...this.#containers.slice(0, depth), value].entries()) {
      const first = firstSeen.get(container);
      if (first !== undefined) {
        const back = describeLocation(this.#root, this.#keys.slice(0, first));
        this.#refuse(at, 'a cycle', `it refers back to ${back}; leave that reference out`);
      }
      firstSeen.set(container, at);
    }
    this.#refuse(depth, `more than ${DEPTH_MAX} nested levels`, 'return something flatter');
  }

  #refuse(depth: number, what: string, mend: string): never {
    const where = describeLocation(this.#root, this.#keys.slice(0, depth));
    throw new PawlError('PAWL_OUTPUT_INVALID', `Output contains ${what} at ${where}: ${mend}`);
  }
}

/** The entries before `count`, which were encoded without a change. */
function copyOfFirst(value: Record<string, unknown>, names: readonly string[], count: number) {
  const copy: Record<string, Json> = {};
  for (const name of names.slice(0, count)) {
    const item = value[name];
    if (item !== undefined) put(copy, name, item as Json);
  }
  return copy;
}

/** `__proto__` is only a name here. */
function put(target: Record<string, Json>, name: string, value: Json): void {
  const key = name.toWellFormed();
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}
