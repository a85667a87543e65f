// JSON Schema 2020-12 → the schema objects of OpenAPI 3.0, as Cog writes them. What 3.0 has no word for is left out:
// the document then promises less than the worker checks, never more.
import type { Json, JsonObject } from '../../../base/json.ts';
import { isJsonObject, isList, listOf, mapValues, without } from './keywords.ts';

/** Gives the name of the component that a reference of the source becomes. */
export type NameReference = (ref: string) => string;

/** Kept as they are, in this order. */
const ANNOTATIONS = ['title', 'description', 'default', 'deprecated', 'readOnly', 'writeOnly', 'example'];
const CONSTRAINTS = [
  'type',
  'format',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
];
const STRUCTURE = [
  '$ref',
  'items',
  'properties',
  'required',
  'additionalProperties',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
];
const ORDER = [...ANNOTATIONS, ...CONSTRAINTS, ...STRUCTURE, 'nullable'];
const REWRITTEN = ['exclusiveMinimum', 'exclusiveMaximum'];
const KEPT = new Set([...ANNOTATIONS, ...CONSTRAINTS].filter((key) => !REWRITTEN.includes(key)));

/** Never follows a reference, so that a schema that refers to itself is converted like any other. */
export function toOpenApi(schema: Json, nameReference: NameReference): JsonObject {
  if (!isJsonObject(schema)) return schema === false ? { not: {} } : {};
  const convert = (sub: Json) => toOpenApi(sub, nameReference);
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (KEPT.has(key) || key.startsWith('x-')) result[key] = value;
  }
  Object.assign(result, bounds(schema), objectParts(schema, convert), listParts(schema, convert));
  const [example] = listOf(schema.examples);
  if (example !== undefined) result.example = example;
  // The text behind a mask is nobody's business, and the mask is no value.
  if (result['x-cog-secret'] === true) delete result.default;
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (isList(schema[key])) result[key] = schema[key].map(convert);
  }
  if (isJsonObject(schema.not)) result.not = convert(schema.not);
  if (typeof schema.$ref === 'string') {
    result.allOf = [{ $ref: `#/components/schemas/${nameReference(schema.$ref)}` }, ...listOf(result.allOf)];
  }
  if (Object.hasOwn(schema, 'const')) result.enum = [schema.const ?? null];
  return inOrder(bareReference(withoutNull(withSingleType(result))));
}

/** Keys in a fixed order, so that the same predictor always gives the same text. */
export function inOrder(schema: JsonObject): JsonObject {
  const rank = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  const entries = Object.entries(schema).map((entry, index) => ({ entry, index }));
  entries.sort((a, b) => rank(a.entry[0]) - rank(b.entry[0]) || a.index - b.index);
  return Object.fromEntries(entries.map(({ entry }) => entry));
}

/** In 3.0 an exclusive bound is a flag beside the bound. */
function bounds(schema: JsonObject): JsonObject {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const result: Record<string, Json> = {};
  if (typeof exclusiveMinimum === 'number' && !(typeof minimum === 'number' && minimum > exclusiveMinimum)) {
    if (isInteger(schema)) result.minimum = Math.floor(exclusiveMinimum) + 1;
    else Object.assign(result, { minimum: exclusiveMinimum, exclusiveMinimum: true });
  }
  if (typeof exclusiveMaximum === 'number' && !(typeof maximum === 'number' && maximum < exclusiveMaximum)) {
    if (isInteger(schema)) result.maximum = Math.ceil(exclusiveMaximum) - 1;
    else Object.assign(result, { maximum: exclusiveMaximum, exclusiveMaximum: true });
  }
  return result;
}

function isInteger(schema: JsonObject): boolean {
  return schema.type === 'integer';
}

function objectParts(schema: JsonObject, convert: (sub: Json) => JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  if (isJsonObject(schema.properties)) {
    result.properties = mapValues(schema.properties, (property, name) => titled(convert(property), name));
  }
  if (listOf(schema.required).length > 0) result.required = schema.required ?? [];
  const rest = schema.additionalProperties;
  if (isJsonObject(schema.patternProperties)) result.additionalProperties = true;
  else if (typeof rest === 'boolean') result.additionalProperties = rest;
  else if (isJsonObject(rest)) result.additionalProperties = convert(rest);
  return result;
}

function listParts(schema: JsonObject, convert: (sub: Json) => JsonObject): JsonObject {
  const prefix = listOf(schema.prefixItems);
  if (prefix.length > 0) {
    const isClosed = schema.items === false;
    const kinds = [...prefix, ...(isJsonObject(schema.items) ? [schema.items] : [])].map(convert);
    const distinct = [...new Map(kinds.map((kind) => [JSON.stringify(kind), kind])).values()];
    const [only] = distinct;
    const items = distinct.length === 1 && only !== undefined ? only : { anyOf: distinct };
    const maxItems = isClosed && schema.maxItems === undefined ? { maxItems: prefix.length } : {};
    return { items: isClosed || isJsonObject(schema.items) ? items : {}, ...maxItems };
  }
  if (isJsonObject(schema.items)) return { items: convert(schema.items) };
  // 3.0 wants `items` beside every array.
  return schema.type === 'array' ? { items: {} } : {};
}

export function titled(schema: JsonObject, name: string): JsonObject {
  // Beside a reference nothing else counts in 3.0.
  if (schema.$ref !== undefined || schema.title !== undefined) return schema;
  return { title: titleOf(name), ...schema };
}

/** `guidance_scale` → `Guidance Scale`. */
export function titleOf(name: string): string {
  return name
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}

/** `type` is one text in 3.0. */
function withSingleType(schema: JsonObject): JsonObject {
  if (schema.type === 'null') return { ...without(schema, ['type']), enum: [null] };
  if (!isList(schema.type)) return schema;
  const types = schema.type.filter((type) => type !== 'null');
  const rest = without(schema, ['type']);
  const nullable = types.length < schema.type.length ? { nullable: true } : {};
  const [type] = types;
  if (type === undefined) return { ...rest, enum: [null] };
  if (types.length === 1) return { ...rest, type, ...nullable, ...itemsFor(type, rest) };
  const members = types.map((each) => ({ type: each, ...itemsFor(each, {}) }));
  const anyOf =
    schema.anyOf === undefined
      ? { anyOf: members }
      : { allOf: [...listOf(schema.allOf), { anyOf: members }] };
  return { ...rest, ...anyOf, ...nullable };
}

function itemsFor(type: Json, schema: JsonObject): JsonObject {
  return type === 'array' && schema.items === undefined ? { items: {} } : {};
}

/** null is no type in 3.0 but a flag. */
function withoutNull(schema: JsonObject): JsonObject {
  if (isList(schema.enum) && schema.enum.includes(null)) {
    const values = schema.enum.filter((value) => value !== null);
    return { ...schema, enum: values.length === 0 ? [null] : values, nullable: true };
  }
  const key = isList(schema.anyOf) ? 'anyOf' : 'oneOf';
  const members = listOf(schema[key]);
  const others = members.filter((member) => !isNull(member));
  if (members.length === 0 || others.length === members.length) return schema;
  const rest = without(schema, [key]);
  const [only] = others;
  if (others.length !== 1 || !isJsonObject(only)) return { ...rest, [key]: others, nullable: true };
  return { ...merged(rest, only), nullable: true };
}

function isNull(schema: Json): boolean {
  return isJsonObject(schema) && isList(schema.enum) && schema.enum.length === 1 && schema.enum[0] === null;
}

/** One schema that says both; what the outer one says about itself wins. */
function merged(outer: JsonObject, inner: JsonObject): JsonObject {
  const clash = Object.keys(inner).some((key) => Object.hasOwn(outer, key) && !ANNOTATIONS.includes(key));
  if (clash || inner.$ref !== undefined) return { ...outer, allOf: [...listOf(outer.allOf), inner] };
  return { ...inner, ...outer };
}

/** `allOf` with one reference is only needed where something stands beside it. */
function bareReference(schema: JsonObject): JsonObject {
  const [only] = listOf(schema.allOf);
  const isAlone = Object.keys(schema).length === 1 && listOf(schema.allOf).length === 1;
  return isAlone && isJsonObject(only) && only.$ref !== undefined ? only : schema;
}
