// Brings the JSON Schema of any source into one form: 2020-12, null as a type, `format: uri` for files and for nothing
// else. What libraries add without being asked is taken out.
import type { Json, JsonObject } from '../../../base/json.ts';
import { isJsonObject, isList, listOf, mapSubschemas, propertiesOf, without } from './keywords.ts';

/** library: made by a schema library. plain: a JSON Schema that the user wrote; there `format: uri` is a file. */
type Origin = 'library' | 'plain';

const FILE_MARK = 'x-pawl-file';
const DROPPED = ['$schema', '$id', '$comment', '~standard', FILE_MARK];
const BOUNDS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
];
const NULL: JsonObject = { type: 'null' };

export function normaliseSchema(schema: JsonObject, origin: Origin): JsonObject {
  const inner = mapSubschemas(schema, (sub) => (isJsonObject(sub) ? normaliseSchema(sub, origin) : sub));
  const isFile = origin === 'plain' ? isPlainFile(schema) : schema[FILE_MARK] === true;
  const dropped = [...DROPPED];
  if (schema.format === 'uri' && !isFile) dropped.push('format');
  // The range of an integer that a double holds is no bound that anybody asked for.
  if (schema.minimum === Number.MIN_SAFE_INTEGER) dropped.push('minimum');
  if (schema.maximum === Number.MAX_SAFE_INTEGER) dropped.push('maximum');
  // An infinite bound, as some libraries write it.
  dropped.push(...BOUNDS.filter((key) => schema[key] === null));
  // A text key is all that JSON has.
  if (isBareString(schema.propertyNames)) dropped.push('propertyNames');
  return withNull(withRequired(withNumericBounds(without(inner, dropped))));
}

function isPlainFile(schema: JsonObject): boolean {
  const types = isList(schema.type) ? schema.type : [schema.type ?? 'string'];
  return schema.format === 'uri' && types.includes('string');
}

function isBareString(schema: Json | undefined): boolean {
  return isJsonObject(schema) && schema.type === 'string' && Object.keys(schema).length === 1;
}

/** OpenAPI 3.0 has `exclusiveMinimum: true` beside `minimum`. */
function withNumericBounds(schema: JsonObject): JsonObject {
  let result = schema;
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof result[flag] !== 'boolean') continue;
    const value = result[bound];
    const isExclusive = result[flag] && value !== undefined;
    result = isExclusive ? { ...without(result, [bound]), [flag]: value } : without(result, [flag]);
  }
  return result;
}

/** Some libraries list a property as required although it has a default; nobody has to send it. */
function withRequired(schema: JsonObject): JsonObject {
  if (!isList(schema.required)) return schema;
  const properties = propertiesOf(schema);
  const required = schema.required.filter((key) => {
    const property = typeof key === 'string' && Object.hasOwn(properties, key) ? properties[key] : undefined;
    return !(isJsonObject(property) && Object.hasOwn(property, 'default'));
  });
  return required.length === 0 ? without(schema, ['required']) : { ...schema, required };
}

/** OpenAPI's `nullable: true`. */
function withNull(schema: JsonObject): JsonObject {
  if (typeof schema.nullable !== 'boolean') return schema;
  const rest = without(schema, ['nullable']);
  if (!schema.nullable) return rest;
  if (isList(rest.anyOf)) return { ...rest, anyOf: [...rest.anyOf, NULL] };
  if (isList(rest.enum)) {
    const values = rest.enum.includes(null) ? rest.enum : [...rest.enum, null];
    return { ...rest, enum: values, ...(rest.type === undefined ? {} : { type: typesWithNull(rest) }) };
  }
  if (rest.type !== undefined && rest.const === undefined) return { ...rest, type: typesWithNull(rest) };
  // A default stays in sight of whoever looks at the property.
  const { default: value, ...core } = rest;
  return { anyOf: [core, NULL], ...(value === undefined ? {} : { default: value }) };
}

function typesWithNull(schema: JsonObject): readonly Json[] {
  const types = isList(schema.type) ? schema.type : listOf([schema.type ?? 'null']);
  return types.includes('null') ? types : [...types, 'null'];
}
