// What a predictor's document says about each input, as far as text from a command line or a form needs to know it:
// which kinds of value may stand there. The real check stays with input-check.ts.
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Mode } from '../../protocol/control-messages.ts';
import { child, componentSchemas, inputSchemaName } from './openapi-schema.ts';

export type FieldKind =
  | { readonly type: 'choice'; readonly values: readonly Json[] }
  | { readonly type: 'list'; readonly items: readonly FieldKind[] }
  | { readonly type: 'text' | 'file' | 'integer' | 'number' | 'boolean' | 'null' | 'object' | 'any' };

export interface InputFields {
  /** Declared names, in the order of the document. */
  readonly names: readonly string[];
  readonly required: readonly string[];
  /** null: there is no such input. */
  kindsOf(name: string): readonly FieldKind[] | null;
}

const ANY: FieldKind = { type: 'any' };
// References may be recursive; deeper than this nobody types.
const DEPTH_MAX = 8;

export function inputFields(document: JsonObject, mode: Mode): InputFields {
  const schemas = componentSchemas(document);
  const input = child(schemas, inputSchemaName(document, mode));
  const properties = input === null ? null : child(input, 'properties');
  const extra = input?.additionalProperties;
  const isOpen =
    properties === null || extra === true || isObject(extra) || 'patternProperties' in (input ?? {});
  const required = Array.isArray(input?.required) ? input.required : [];
  return {
    names: Object.keys(properties ?? {}),
    required: required.filter((name) => typeof name === 'string'),
    kindsOf(name) {
      if (properties !== null && Object.hasOwn(properties, name))
        return kindsIn(properties[name], schemas, 0);
      return isOpen ? [ANY] : null;
    },
  };
}

function kindsIn(schema: Json | undefined, schemas: JsonObject, depth: number): readonly FieldKind[] {
  if (!isJsonSchema(schema) || depth > DEPTH_MAX) return [ANY];
  const kinds = declaredKinds(schema, schemas, depth);
  return schema.nullable === true ? [...kinds, { type: 'null' }] : kinds;
}

function declaredKinds(schema: JsonObject, schemas: JsonObject, depth: number): readonly FieldKind[] {
  if ('const' in schema) return [{ type: 'choice', values: [schema.const ?? null] }];
  if (Array.isArray(schema.enum)) return [{ type: 'choice', values: schema.enum }];
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace(/^#\/components\/schemas\//, '');
    return kindsIn(child(schemas, name) ?? true, schemas, depth + 1);
  }
  const union = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(union)) return union.flatMap((member) => kindsIn(member, schemas, depth + 1));
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (schema.type !== undefined) return types.map((type) => kindOfType(type, schema, schemas, depth));
  const parts = Array.isArray(schema.allOf) ? schema.allOf : [];
  const narrowest = parts
    .map((part) => kindsIn(part, schemas, depth + 1))
    .find((kinds) => !kinds.includes(ANY));
  return narrowest ?? [ANY];
}

function kindOfType(
  type: Json | undefined,
  schema: JsonObject,
  schemas: JsonObject,
  depth: number,
): FieldKind {
  switch (type) {
    case 'string':
      return { type: schema.format === 'uri' ? 'file' : 'text' };
    case 'array':
      return { type: 'list', items: kindsIn(schema.items, schemas, depth + 1) };
    case 'integer':
    case 'number':
    case 'boolean':
    case 'null':
    case 'object':
      return { type };
    default:
      return ANY;
  }
}

function isJsonSchema(schema: Json | undefined): schema is JsonObject {
  return isObject(schema);
}
