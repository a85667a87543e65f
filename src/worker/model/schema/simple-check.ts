// Checks of the outputs that most predictors declare: a text, a number, an object of any kind, a list of these. Compiling
// them with Ajv would be a tenth of a worker's start. Says what Ajv says, and nothing where there is more to check.
import type { Json, JsonObject } from '../../../base/json.ts';
import type { InputIssue } from '../../../protocol/slot-messages.ts';
import { isJsonObject, TYPES } from './keywords.ts';

export type JsonCheck = (value: unknown) => readonly InputIssue[];

export interface JsonChecks {
  readonly whole: JsonCheck;
  /** For the items of a list; null where the schema declares no list. */
  readonly item: JsonCheck | null;
}

/** Those that say nothing about a value; formats are only documentation here. */
const ANNOTATIONS = new Set(['title', 'description', 'default', 'examples', 'format']);
const NO_ISSUES: readonly InputIssue[] = Object.freeze([]);

type Find = (value: unknown, path: InputIssue['path']) => InputIssue | null;

/** Null where the schema says more than types. */
export function simpleChecks(schema: JsonObject): JsonChecks | null {
  const whole = finder(schema);
  if (whole === null) return null;
  const { items } = schema;
  const item = schema.type === 'array' && isJsonObject(items) ? finder(items) : null;
  return { whole: checkWith(whole), item: item === null ? null : checkWith(item) };
}

function checkWith(find: Find): JsonChecks['whole'] {
  return (value) => {
    const issue = find(value, []);
    return issue === null ? NO_ISSUES : [issue];
  };
}

function finder(schema: Json): Find | null {
  if (!isJsonObject(schema)) return null;
  const { type = null, items = null } = schema;
  const others = Object.keys(schema).filter((key) => key !== 'type' && key !== 'items' && !isAnnotation(key));
  if (others.length > 0) return null;
  if (type === null && items === null) return () => null;
  const test = typeof type === 'string' && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (test === undefined || (items !== null && type !== 'array')) return null;
  const wrong = (path: InputIssue['path']) => ({ path, message: `must be ${type}` });
  const ofType: Find = (value, path) => (test(value) ? null : wrong(path));
  if (items === null) return ofType;
  const inside = finder(items);
  return inside === null ? null : listOf(ofType, inside);
}

function listOf(ofType: Find, inside: Find): Find {
  return (value, path) => {
    if (!Array.isArray(value)) return ofType(value, path);
    for (let index = 0; index < value.length; index++) {
      const issue = inside(value[index], path);
      // The place is put together where it is needed.
      if (issue !== null)
        return { ...issue, path: [...path, String(index), ...issue.path.slice(path.length)] };
    }
    return null;
  };
}

function isAnnotation(keyword: string): boolean {
  return ANNOTATIONS.has(keyword) || keyword.startsWith('x-');
}
