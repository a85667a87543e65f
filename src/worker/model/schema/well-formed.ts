// Whether a schema is surely one, by the keywords that nearly all schemas are made of. Checking a schema against
// JSON Schema's own compiles that one first: ten times the work of all the rest. Says no where it does not know.
import type { Json, JsonObject } from '../../../base/json.ts';
import { isJsonObject, isList, listOf, TYPES } from './keywords.ts';

type Test = (value: Json) => boolean;

const anything: Test = () => true;
const isText: Test = (value) => typeof value === 'string';
const isNumber: Test = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Test = (value) => Number.isInteger(value) && Number(value) >= 0;
const isFlag: Test = (value) => typeof value === 'boolean';
const isType: Test = (value) => typeof value === 'string' && Object.hasOwn(TYPES, value);
const areDifferent = (list: readonly Json[]) => new Set(list).size === list.length;
const isSchema: Test = (value) => isFlag(value) || (isJsonObject(value) && isWellFormed(value));
const areSchemas: Test = (value) => listOf(value).length > 0 && listOf(value).every(isSchema);
const isMapOfSchemas: Test = (value) => isJsonObject(value) && Object.values(value).every(isSchema);

const KEYWORDS: Readonly<Record<string, Test>> = {
  type: (value) =>
    isType(value) || (listOf(value).length > 0 && listOf(value).every(isType) && areDifferent(listOf(value))),
  title: isText,
  description: isText,
  default: anything,
  examples: isList,
  format: isText,
  const: anything,
  enum: (value) => isList(value) && value.length > 0 && value.every(isScalar) && areDifferent(value),
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  items: isSchema,
  properties: isMapOfSchemas,
  required: (value) => isList(value) && value.every(isText) && areDifferent(value),
  additionalProperties: isSchema,
  propertyNames: isSchema,
  anyOf: areSchemas,
  oneOf: areSchemas,
  allOf: areSchemas,
};

/** True only where JSON Schema 2020-12 has nothing against it. */
export function isWellFormed(schema: JsonObject): boolean {
  return Object.entries(schema).every(([keyword, value]) => {
    if (keyword.startsWith('x-')) return true;
    const test = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    return test?.(value) ?? false;
  });
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}
