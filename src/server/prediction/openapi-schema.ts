// Makes a JSON Schema 2020-12 out of the component schemas of an OpenAPI document: `nullable: true` becomes a union
// with null, an exclusive bound is one number again. Never touches data inside a schema (defaults, enums, examples).
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Mode } from '../../protocol/control-messages.ts';

const SCHEMA = new Set([
  'additionalProperties',
  'items',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'propertyNames',
]);
const SCHEMA_LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const SCHEMA_MAP = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** `components.schemas` of a document, empty where there is none. */
export function componentSchemas(document: JsonObject): JsonObject {
  const components = child(document, 'components');
  return components === null ? {} : (child(components, 'schemas') ?? {});
}

/** Trainings without a schema of their own take what predictions take. */
export function inputSchemaName(document: JsonObject, mode: Mode): string {
  const own = mode === 'train' ? child(componentSchemas(document), 'TrainingInput') : null;
  return own === null ? 'Input' : 'TrainingInput';
}

/** Whether the output is declared as a list whose texts are items of their own, not the parts of one text. */
export function yieldsListItems(document: JsonObject, mode: Mode): boolean {
  const output = child(componentSchemas(document), mode === 'train' ? 'TrainingOutput' : 'Output');
  return output?.type === 'array' && output['x-cog-array-display'] !== 'concatenate';
}

export function child(object: JsonObject, key: string): JsonObject | null {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isJsonObject(value) ? value : null;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return isObject(value);
}

/** A schema root in which `#/components/schemas/X` resolves. */
export function schemaRoot(document: JsonObject): JsonObject {
  return { components: { schemas: mapValues(componentSchemas(document), honourNullable) } };
}

function honourNullable(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  const entries = Object.entries(exclusiveBounds(schema)).map(
    ([key, value]) => [key, withinKeyword(key, value)] as const,
  );
  if (schema.nullable !== true) return Object.fromEntries(entries);
  const rest = Object.fromEntries(entries.filter(([key]) => key !== 'nullable'));
  return { anyOf: [rest, { type: 'null' }] };
}

/** OpenAPI 3.0 says `exclusiveMinimum: true` beside `minimum`. */
function exclusiveBounds(schema: JsonObject): JsonObject {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  return {
    ...rest,
    ...exclusiveBound('minimum', minimum, 'exclusiveMinimum', exclusiveMinimum),
    ...exclusiveBound('maximum', maximum, 'exclusiveMaximum', exclusiveMaximum),
  };
}

function exclusiveBound(
  key: string,
  bound: Json | undefined,
  flag: string,
  value: Json | undefined,
): JsonObject {
  if (value === true) return bound === undefined ? {} : { [flag]: bound };
  const inclusive = bound === undefined ? {} : { [key]: bound };
  return value === undefined || value === false ? inclusive : { ...inclusive, [flag]: value };
}

function withinKeyword(key: string, value: Json): Json {
  if (SCHEMA.has(key)) return honourNullable(value);
  if (SCHEMA_LIST.has(key) && Array.isArray(value)) return value.map(honourNullable);
  if (SCHEMA_MAP.has(key) && isJsonObject(value)) return mapValues(value, honourNullable);
  return value;
}

function mapValues(object: JsonObject, map: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
