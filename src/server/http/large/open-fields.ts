// Which inputs of a predictor hold whatever is of the right type: for them it is enough to know the types, level by
// level, and no value has to be made. Null where the schema says more, or where this does not know.
import type { Json, JsonObject } from '../../../base/json.ts';
import type { Mode } from '../../../protocol/control-messages.ts';
import { child, componentSchemas, inputSchemaName, isJsonObject } from '../../prediction/openapi-schema.ts';
import { KIND, KIND_LEVELS, type Member } from './json-scan.ts';

/** What may stand in the field, in the lists in it, in the lists in these: bits of KIND. What is below is free. */
type Levels = readonly number[];

export interface OpenFields {
  isOpen(name: string, member: Member): boolean;
}

const TYPES: Readonly<Record<string, number>> = {
  object: KIND.object,
  array: KIND.array,
  string: KIND.string,
  // 1.0 is an integer, too, but not one by its looks.
  integer: KIND.integer,
  number: KIND.integer | KIND.number,
};
const ANYTHING: Levels = [];
const NOTES = new Set(['title', 'description', 'default', 'examples', 'deprecated']);
const ROOT = new Set(['type', 'properties', 'required', 'additionalProperties']);

export function openFields(document: JsonObject, mode: Mode): OpenFields | null {
  const schema = child(componentSchemas(document), inputSchemaName(document, mode));
  if (schema === null || !saysOnly(schema, ROOT) || schema.type !== 'object') return null;
  const rest = schema.additionalProperties;
  const properties = child(schema, 'properties');
  const takesOthers = rest === undefined ? properties === null : isFree(rest);
  const others = takesOthers ? ANYTHING : null;
  const fields = new Map<string, Levels | null>();
  for (const [name, field] of Object.entries(properties ?? {})) fields.set(name, levelsOf(field));
  return {
    isOpen(name, { kinds }) {
      const known = fields.get(name);
      const levels = known === undefined ? others : known;
      return levels?.every((allowed, level) => ((kinds[level] ?? 0) & ~allowed) === 0) ?? false;
    },
  };
}

function levelsOf(schema: Json): Levels | null {
  const levels: number[] = [];
  for (let at: Json | undefined = schema; at !== undefined && !isFree(at); ) {
    if (!isJsonObject(at) || !saysOnly(at, new Set(['type', 'items'])) || levels.length === KIND_LEVELS)
      return null;
    const bits = typeof at.type === 'string' && Object.hasOwn(TYPES, at.type) ? TYPES[at.type] : undefined;
    if (bits === undefined || (at.items !== undefined && at.type !== 'array')) return null;
    levels.push(bits);
    at = at.items;
  }
  return levels;
}

function isFree(schema: Json): boolean {
  return schema === true || (isJsonObject(schema) && saysOnly(schema, new Set()));
}

/** Beside what says nothing about a value. */
function saysOnly(schema: JsonObject, keywords: ReadonlySet<string>): boolean {
  return Object.keys(schema).every((key) => keywords.has(key) || NOTES.has(key) || isNote(key));
}

function isNote(keyword: string): boolean {
  return keyword.startsWith('x-') && keyword !== 'x-cog-secret';
}
