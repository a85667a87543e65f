// What a predictor gave as `input` or `output` → JSON Schema plus, where the library brings one, its own validator.
// Knows the Standard Schema interfaces; of single libraries only what these leave open.
import { createRequire } from 'node:module';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type * as zod from 'zod';
import { isObject, type JsonObject } from '../../../base/json.ts';
import { jsonSafe } from './json-safe.ts';
import { isJsonObject, mapValues, propertiesOf } from './keywords.ts';
import { arktypeDefaults, libraryOptions } from './library-options.ts';
import { normaliseSchema } from './normalise.ts';
import { brokenReference } from './references.ts';
import { messageOf, type SchemaName, schemaError } from './schema-error.ts';

export type Validate = StandardSchemaV1.Props['validate'];

export interface ReadSchema {
  /** Normalised (normalise.ts): JSON Schema 2020-12 of what a client sends, or of what the predictor returns. */
  readonly json: JsonObject;
  /** null for a plain JSON Schema. */
  readonly validate: Validate | null;
}

// Loaded where it is needed: a predictor without zod starts without it.
const load = createRequire(import.meta.url);

const EXAMPLE = 'for instance z.object({ … })';

export function readSchema(schema: unknown, name: SchemaName): ReadSchema {
  if (isStandardSchema(schema)) {
    const raw = withArktypeDefaults(schema, standardJson(schema, name));
    const { validate } = schema['~standard'];
    return { json: checked(normaliseSchema(toJson(raw, name), 'library'), name), validate };
  }
  if (!isObject(schema)) {
    const what = Array.isArray(schema) ? 'a list' : `${typeof schema}`;
    throw schemaError(
      name,
      `is no schema but ${what}: give it a Standard Schema, ${EXAMPLE}, or a JSON Schema`,
    );
  }
  const fields = Object.entries(schema).filter(([, value]) => isStandardSchema(value));
  if (fields.length > 0 && fields.length === Object.keys(schema).length) {
    const names = fields.map(([key]) => key).join(', ');
    throw schemaError(name, `is a plain object of schemas (${names}): wrap it, ${EXAMPLE}`);
  }
  if (typeof schema.parse === 'function' || typeof schema.safeParse === 'function') {
    throw schemaError(name, `comes from a library without Standard Schema: update it, or give a JSON Schema`);
  }
  return { json: checked(normaliseSchema(toJson(schema, name), 'plain'), name), validate: null };
}

type StandardSchema = StandardSchemaV1 & { readonly '~standard': { readonly jsonSchema?: unknown } };

function isStandardSchema(value: unknown): value is StandardSchema {
  const isCarrier = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!isCarrier || !('~standard' in value)) return false;
  const standard = value['~standard'];
  return isObject(standard) && typeof standard.validate === 'function';
}

/** The JSON Schema of the input side: what is sent, before defaults and transforms. */
function standardJson(schema: StandardSchema, name: SchemaName): unknown {
  const { vendor, jsonSchema } = schema['~standard'];
  const options = libraryOptions(vendor);
  try {
    if (isConverter(jsonSchema))
      return jsonSchema.input({ target: 'draft-2020-12', libraryOptions: options });
    // The first releases of zod 4 have no such method; this one reads their schemas.
    if (isZod4(schema)) {
      const { toJSONSchema }: typeof zod = load('zod');
      return toJSONSchema(schema, { io: 'input', ...options });
    }
  } catch (error) {
    throw schemaError(name, `cannot become JSON Schema: ${vendor} says: ${messageOf(error)}`, error);
  }
  throw schemaError(name, `gives no JSON Schema: ${howToMend(vendor)}`);
}

function howToMend(vendor: string): string {
  switch (vendor) {
    case 'valibot':
      return 'wrap it in toStandardJsonSchema() of the package @valibot/to-json-schema';
    case 'zod':
      return 'this is zod 3, update to zod 4';
    case 'arktype':
      return 'update arktype to 2.1.28 or later';
    default:
      return `${vendor} does not implement Standard JSON Schema; use zod 4, or give a plain JSON Schema`;
  }
}

interface Converter {
  input(options: { target: string; libraryOptions: Record<string, unknown> }): unknown;
}

function isConverter(value: unknown): value is Converter {
  return isObject(value) && typeof value.input === 'function';
}

function isZod4(schema: StandardSchema): schema is StandardSchema & zod.ZodType {
  return '_zod' in schema;
}

function toJson(raw: unknown, name: SchemaName): JsonObject {
  try {
    const json = jsonSafe(raw);
    if (isJsonObject(json)) return json;
  } catch (error) {
    throw schemaError(name, `cannot become JSON Schema: ${messageOf(error)}`, error);
  }
  throw schemaError(name, `gives ${String(raw)} in place of a JSON Schema object`);
}

function checked(json: JsonObject, name: SchemaName): JsonObject {
  const broken = brokenReference(json);
  if (broken === null) return json;
  throw schemaError(name, `refers to ${broken}, which is not in it: put what it refers to under $defs`);
}

function withArktypeDefaults(schema: StandardSchema, raw: unknown): unknown {
  if (schema['~standard'].vendor !== 'arktype') return raw;
  const defaults = arktypeDefaults(schema);
  const json = jsonSafe(raw);
  if (!isJsonObject(json) || defaults.size === 0) return raw;
  const properties = mapValues(propertiesOf(json), (property, key) => {
    const value = jsonSafe(defaults.get(key));
    return value === undefined || !isJsonObject(property) ? property : { ...property, default: value };
  });
  return { ...json, properties };
}
