// A declared input → InputSchema: what the document says about it, where its files are, and how it is checked.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { isObject, type Json, type JsonObject } from '../../../base/json.ts';
import type { InputIssue } from '../../../protocol/slot-messages.ts';
import type { Checked, InputSchema } from '../loaded-predictor.ts';
import { filePlaces } from './file-places.ts';
import { compileChecks, copyPlain } from './json-check.ts';
import { isFileSchema, isJsonObject, listOf, mapSubschemas, propertiesOf } from './keywords.ts';
import { dropOmitted, nullMeansOmitted } from './null-rule.ts';
import { readSchema, type Validate } from './read-schema.ts';
import { dereference } from './references.ts';
import { type SchemaName, schemaError } from './schema-error.ts';

type Check = (input: Record<string, unknown>) => Promise<Checked<Record<string, unknown>>>;

export function inputSchema(schema: unknown, name: SchemaName): InputSchema {
  const { json, validate } = readSchema(schema, name);
  if (!isObjectSchema(json, json, 0)) {
    const type = JSON.stringify(json.type ?? json);
    throw schemaError(
      name,
      `describes no object but ${type}: inputs have names, as in z.object({ text: … })`,
    );
  }
  const omitted = nullMeansOmitted(json);
  const check = validate === null ? plainCheck(json, name) : standardCheck(validate);
  return {
    json,
    files: filePlaces(json),
    check: (input) => check(omitted.size === 0 ? input : dropOmitted(input, omitted)),
  };
}

function isObjectSchema(root: JsonObject, schema: Json, depth: number): boolean {
  const target = dereference(root, schema);
  // Unions of unions are not written this deep; a ring ends here.
  if (!isJsonObject(target) || depth > 10) return false;
  if (target.type !== undefined) return target.type === 'object';
  if (target.properties !== undefined) return true;
  const within = (sub: Json) => isObjectSchema(root, sub, depth + 1);
  const union = [...listOf(target.anyOf), ...listOf(target.oneOf)];
  if (union.length > 0) return union.every(within);
  return listOf(target.allOf).some(within);
}

function standardCheck(validate: Validate): Check {
  return async (input) => {
    const result = await validate(input);
    if (result.issues !== undefined) return { ok: false, issues: result.issues.map(issueOf) };
    const { value } = result;
    if (isObject(value)) return { ok: true, value };
    const message = 'the input schema turns the input into something that is no object';
    return { ok: false, issues: [{ path: [], message }] };
  };
}

function issueOf(issue: StandardSchemaV1.Issue): InputIssue {
  // Some libraries give an array type of their own.
  const path = Array.from(issue.path ?? [], (segment) => {
    const key = typeof segment === 'object' ? segment.key : segment;
    return typeof key === 'symbol' ? String(key) : key;
  });
  return { path, message: issue.message };
}

function plainCheck(json: JsonObject, name: SchemaName): Check {
  const file = fileWithDefault(json);
  if (file !== null) {
    throw schemaError(
      name,
      `gives the file input ${file} a default, which no one would fetch: make it optional`,
    );
  }
  const { whole } = compileChecks(json, 'input', name);
  return async (input) => {
    // Defaults are filled in place, and the caller keeps what it has.
    const copy = copyPlain(input);
    const issues = whole(copy);
    return issues.length > 0 || !isObject(copy) ? { ok: false, issues } : { ok: true, value: copy };
  };
}

function fileWithDefault(schema: JsonObject): string | null {
  let found: string | null = null;
  const visit = (sub: Json): Json => {
    if (!isJsonObject(sub)) return sub;
    for (const [name, property] of Object.entries(propertiesOf(sub))) {
      const isFile = isJsonObject(property) && isFileSchema(property);
      if (isFile && typeof property.default === 'string') found ??= name;
    }
    return mapSubschemas(sub, visit);
  };
  visit(schema);
  return found;
}
