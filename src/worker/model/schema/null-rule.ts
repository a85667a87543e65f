// The rule for an explicit null, as the contract has it: null where the schema says so; the same as omitted where an
// input is optional and has no default; refused elsewhere, by whoever checks next.
import type { Json, JsonObject } from '../../../base/json.ts';
import { isJsonObject, isList, listOf, propertiesOf } from './keywords.ts';
import { dereference, resolveReference } from './references.ts';

/** Names of the inputs for which null means that they were omitted. */
export function nullMeansOmitted(root: JsonObject): ReadonlySet<string> {
  const object = dereference(root, root);
  if (!isJsonObject(object)) return new Set();
  const required = listOf(object.required);
  const names = Object.entries(propertiesOf(object))
    .filter(([name, property]) => {
      if (required.includes(name) || hasDefault(property)) return false;
      return !acceptsNull(root, property, new Set());
    })
    .map(([name]) => name);
  return new Set(names);
}

/** A copy without the inputs that are null and mean nothing by it. */
export function dropOmitted(
  input: Record<string, unknown>,
  names: ReadonlySet<string>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).filter(([key, value]) => value !== null || !names.has(key)),
  );
}

function hasDefault(schema: Json): boolean {
  return isJsonObject(schema) && Object.hasOwn(schema, 'default');
}

function acceptsNull(root: JsonObject, schema: Json, seen: ReadonlySet<string>): boolean {
  if (!isJsonObject(schema)) return schema === true;
  const within = (sub: Json) => acceptsNull(root, sub, seen);
  if (typeof schema.$ref === 'string') {
    if (seen.has(schema.$ref)) return false;
    const target = resolveReference(root, schema.$ref);
    if (target === undefined || !acceptsNull(root, target, new Set([...seen, schema.$ref]))) return false;
  }
  const types = isList(schema.type) ? schema.type : schema.type === undefined ? null : [schema.type];
  if (types !== null && !types.includes('null')) return false;
  if (Object.hasOwn(schema, 'const') && schema.const !== null) return false;
  if (isList(schema.enum) && !schema.enum.includes(null)) return false;
  if (isList(schema.anyOf) && !schema.anyOf.some(within)) return false;
  if (isList(schema.oneOf) && !schema.oneOf.some(within)) return false;
  return !isList(schema.allOf) || schema.allOf.every(within);
}
