// The named schemas of one document: hands out names and keeps them apart. Whoever asked for a name fills it.
import type { Json, JsonObject } from '../../../base/json.ts';
import { NAMES as ENVELOPE_NAMES } from './envelope.ts';
import { isJsonObject } from './keywords.ts';
import { toOpenApi } from './openapi-dialect.ts';
import { referenceName, resolveReference } from './references.ts';

export class Components {
  readonly #schemas = new Map<string, JsonObject>();
  readonly #taken = new Set<string>(ENVELOPE_NAMES);

  /** A name like `wanted` that is still free. `owner` keeps names of several schemas apart. */
  claim(wanted: string, owner: string): string {
    const clean = wanted.replaceAll(/[^A-Za-z0-9._-]/g, '_') || 'schema';
    const candidates = [clean, `${owner}_${clean}`];
    let name = candidates.find((candidate) => !this.#taken.has(candidate));
    for (let count = 2; name === undefined; count++) {
      const numbered = `${owner}_${clean}_${count}`;
      if (!this.#taken.has(numbered)) name = numbered;
    }
    this.#taken.add(name);
    return name;
  }

  set(name: string, schema: JsonObject): void {
    this.#schemas.set(name, schema);
  }

  toJson(): JsonObject {
    return Object.fromEntries(this.#schemas);
  }
}

/** Converts one source schema; what it refers to inside itself becomes components. */
export class SourceConverter {
  readonly #root: JsonObject;
  readonly #owner: string;
  readonly #components: Components;
  readonly #names = new Map<string, string>();

  /** `owner` is the component that the root itself becomes. */
  constructor(root: JsonObject, owner: string, components: Components) {
    this.#root = root;
    this.#owner = owner;
    this.#components = components;
    this.#names.set('#', owner);
  }

  convert(schema: Json): JsonObject {
    return toOpenApi(schema, (ref) => this.#name(ref));
  }

  /** Named before it is converted: it may refer to itself. */
  #name(ref: string): string {
    const known = this.#names.get(ref);
    if (known !== undefined) return known;
    const target = resolveReference(this.#root, ref);
    const wanted =
      isJsonObject(target) && typeof target.title === 'string'
        ? target.title
        : referenceName(ref).replace(/^_+/, '');
    const name = this.#components.claim(wanted, this.#owner);
    this.#names.set(ref, name);
    this.#components.set(name, this.convert(target ?? true));
    return name;
  }
}
