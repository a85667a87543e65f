// The words of JSON Schema: its types, and which keywords hold schemas, so that nobody mistakes data (defaults, enums,
// examples) for one.
import { isObject, type Json, type JsonObject } from '../../../base/json.ts';

/** The types that a schema can name, and what is of each; an integer is a number, too. */
export const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
};

const ONE = new Set([
  'items',
  'additionalItems',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
]);
const LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']);
const MAP = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** A copy with `map` applied to each schema directly inside. */
export function mapSubschemas(schema: JsonObject, map: (schema: Json) => Json): JsonObject {
  const entries = Object.entries(schema).map(([key, value]): [string, Json] => {
    if (LIST.has(key) && isList(value)) return [key, value.map(map)];
    if (ONE.has(key)) return [key, map(value)];
    if (MAP.has(key) && isJsonObject(value)) return [key, mapValues(value, map)];
    return [key, value];
  });
  return Object.fromEntries(entries);
}

export function mapValues(object: JsonObject, map: (value: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return isObject(value);
}

/** Array.isArray does not narrow a readonly array. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

export function propertiesOf(schema: JsonObject): JsonObject {
  return isJsonObject(schema.properties) ? schema.properties : {};
}

export function without(schema: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

/** Where a file stands: `format: uri` means nothing else once a schema is normalised. */
export function isFileSchema(schema: JsonObject): boolean {
  return schema.format === 'uri';
}
