// `$ref` inside one schema: JSON pointers from its root. Anything else would have to be fetched, and is refused.
import type { Json, JsonObject } from '../../../base/json.ts';
import { isJsonObject, isList, mapSubschemas } from './keywords.ts';

/** The schema that `ref` points to; undefined where there is none. */
export function resolveReference(root: JsonObject, ref: string): Json | undefined {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) return undefined;
  let at: Json | undefined = root;
  for (const segment of ref.slice(2).split('/').map(decodeSegment)) {
    if (isList(at)) at = at[Number(segment)];
    else if (isJsonObject(at) && Object.hasOwn(at, segment)) at = at[segment];
    else return undefined;
  }
  return at;
}

/** Follows `$ref` from `schema` until there is none; undefined where that leads nowhere, or in a ring. */
export function dereference(root: JsonObject, schema: Json): Json | undefined {
  const seen = new Set<string>();
  let at: Json | undefined = schema;
  while (isJsonObject(at) && typeof at.$ref === 'string') {
    if (seen.has(at.$ref)) return undefined;
    seen.add(at.$ref);
    at = resolveReference(root, at.$ref);
  }
  return at;
}

/** A reference that leads nowhere; null where all can be followed. */
export function brokenReference(root: JsonObject): string | null {
  let broken: string | null = null;
  const visit = (schema: Json): Json => {
    if (!isJsonObject(schema)) return schema;
    if (typeof schema.$ref === 'string' && dereference(root, schema) === undefined) broken ??= schema.$ref;
    return mapSubschemas(schema, visit);
  };
  visit(root);
  return broken;
}

/** The last name in a reference: `#/$defs/Box` → `Box`. */
export function referenceName(ref: string): string {
  return decodeSegment(ref.slice(ref.lastIndexOf('/') + 1));
}

function decodeSegment(segment: string): string {
  const text = segment.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(text);
  } catch {
    // A `%` that encodes nothing stands for itself.
    return text;
  }
}
