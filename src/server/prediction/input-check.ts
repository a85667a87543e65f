// Checks an input against the predictor's schema, before a slot is taken: drops what is unknown, refuses what is
// wrong, field by field. Fills in nothing: defaults are the predictor's own.

import type { Json, JsonObject } from '../../base/json.ts';
import { approximateBytes } from '../../base/json-measure.ts';
import type { StoredInput } from '../payload/stored-input.ts';
import type { StoredValue } from '../payload/stored-value.ts';
import { issueOf } from './input-issues.ts';
import type { SchemaCheck, SchemaCompiler } from './input-validator.ts';
import { child, componentSchemas, isJsonObject } from './openapi-schema.ts';
import { type Pattern, PatternUndecided, schemaPattern } from './pattern.ts';
import { type Issue, RequestRefused, shortName, valueIssue } from './refusal.ts';

export interface CheckedInput {
  /** What the worker gets. */
  readonly value: JsonObject | StoredInput;
  /** The same with secrets masked: what clients may see. */
  readonly shown: JsonObject | StoredValue;
  /** Lines for the prediction's log. */
  readonly warnings: readonly string[];
  /** Roughly what it holds in memory. */
  readonly bytes: number;
}

/** One that is in memory. */
export interface InputInMemory extends CheckedInput {
  readonly value: JsonObject;
  readonly shown: JsonObject;
}

/** Throws RequestRefused. */
export type InputCheck = (input: Json) => InputInMemory;

const MASK = '**********';
const UNKNOWN_NAMED_MAX = 20;
const NONE: readonly string[] = [];
const UNDECIDED =
  'A pattern of the schema takes too long on this input for the server to check it; the predictor does';

/** The check for one component schema, `Input` or `TrainingInput`. Throws where the schema does not compile. */
export function inputCheck(
  document: JsonObject,
  name: string,
  compiler: SchemaCompiler,
  measure: Measure = approximateBytes,
): InputCheck {
  const schema = child(componentSchemas(document), name);
  const accepted = acceptance(measure);
  if (schema === null) return (input) => accepted(asObject(input), [], new Set());
  const fields = new Fields(schema, name, compiler);
  const check = compiler.compile([name]);
  return (input) => {
    const { known, unknown } = fields.sift(asObject(input));
    const value = fields.dropNulls(known);
    const errors = decided(() => check(value));
    if (errors === 'undecided') return accepted(value, unknown, fields.secret, [UNDECIDED]);
    if (errors !== null) throw new RequestRefused('PAWL_INPUT_INVALID', fields.issues(value, errors));
    return accepted(value, unknown, fields.secret);
  };
}

class Fields {
  readonly secret: ReadonlySet<string>;
  readonly #name: string;
  readonly #compiler: SchemaCompiler;
  readonly #properties: JsonObject | null;
  readonly #required: ReadonlySet<string>;
  readonly #isOpen: boolean;
  readonly #patterns: readonly Pattern[];
  readonly #checks = new Map<string, SchemaCheck>();

  constructor(schema: JsonObject, name: string, compiler: SchemaCompiler) {
    this.#name = name;
    this.#compiler = compiler;
    this.#properties = child(schema, 'properties');
    const required = Array.isArray(schema.required) ? schema.required : [];
    this.#required = new Set(required.filter((key) => typeof key === 'string'));
    const rest = schema.additionalProperties;
    this.#isOpen = this.#properties === null || rest === true || isJsonObject(rest);
    this.#patterns = Object.keys(child(schema, 'patternProperties') ?? {}).map((text) => schemaPattern(text));
    const properties = Object.entries(this.#properties ?? {});
    this.secret = new Set(properties.filter(([, value]) => isSecret(value)).map(([key]) => key));
  }

  sift(input: JsonObject): { known: JsonObject; unknown: readonly string[] } {
    const keys = Object.keys(input);
    if (this.#isOpen || keys.every((key) => this.#knows(key))) return { known: input, unknown: NONE };
    const unknown = keys.filter((key) => !this.#knows(key));
    return { known: without(input, unknown), unknown };
  }

  /** An explicit null for an optional input without default means that it is omitted, unless the schema takes null. */
  dropNulls(input: JsonObject): JsonObject {
    const keys = Object.keys(input);
    if (keys.every((key) => input[key] !== null)) return input;
    const omitted = keys.filter((key) => input[key] === null && this.#mayOmit(key));
    return omitted.length === 0 ? input : without(input, omitted);
  }

  /** One issue per field; `first` is what the check of the whole object found. */
  issues(input: JsonObject, first: Parameters<typeof issueOf>[0]): Issue[] {
    const missing = [...this.#required].filter((key) => !Object.hasOwn(input, key));
    const found: Issue[] = missing.map((key) => ({
      path: ['input', key],
      message: 'Field required',
      type: 'value_error.missing',
    }));
    for (const [key, value] of Object.entries(input)) {
      const errors = decided(() => this.#check(key)?.(value) ?? null);
      // Another field was found wrong.
      if (errors === 'undecided') continue;
      if (errors !== null) found.push(issueOf(errors, value, ['input', key]));
    }
    if (found.length > 0) return found;
    const issue = issueOf(first, input, ['input']);
    return [issue.path.length > 1 ? issue : { ...issue, path: ['input', '__root__'] }];
  }

  #knows(key: string): boolean {
    if (this.#properties !== null && Object.hasOwn(this.#properties, key)) return true;
    return decided(() => this.#patterns.some((pattern) => pattern.test(key))) !== false;
  }

  #mayOmit(key: string): boolean {
    const property = this.#properties === null ? null : child(this.#properties, key);
    if (property === null || this.#required.has(key) || Object.hasOwn(property, 'default')) return false;
    return decided(() => this.#check(key)?.(null)) !== null;
  }

  // Compiled when first needed: a valid input never does.
  #check(key: string): SchemaCheck | null {
    const known = this.#checks.get(key);
    if (known !== undefined) return known;
    if (this.#properties === null || !Object.hasOwn(this.#properties, key)) return null;
    const check = this.#compiler.compile([this.#name, 'properties', key]);
    this.#checks.set(key, check);
    return check;
  }
}

function asObject(input: Json): JsonObject {
  if (isJsonObject(input)) return input;
  throw new RequestRefused('PAWL_INPUT_INVALID', [valueIssue(['input', '__root__'], 'must be object')]);
}

function decided<T>(check: () => T): T | 'undecided' {
  try {
    return check();
  } catch (error) {
    if (error instanceof PatternUndecided) return 'undecided';
    throw error;
  }
}

/** How large an input counts as. */
export type Measure = (value: JsonObject) => number;

const acceptance =
  (measure: Measure) =>
  (
    value: JsonObject,
    unknown: readonly string[],
    secret: ReadonlySet<string>,
    notes: readonly string[] = NONE,
  ): InputInMemory => {
    const shown = secret.size === 0 ? value : masked(value, secret);
    const warnings = unknown.length === 0 ? notes : [...ignored(unknown), ...notes];
    return { value, shown, warnings, bytes: measure(value) };
  };

function ignored(unknown: readonly string[]): string[] {
  const warnings = unknown
    .slice(0, UNKNOWN_NAMED_MAX)
    .map((key) => `Ignoring unknown input ${JSON.stringify(shortName(key))}`);
  const more = unknown.length - warnings.length;
  if (more > 0) warnings.push(`Ignoring ${more} more unknown inputs`);
  return warnings;
}

// Object.fromEntries makes own properties of whatever name, `__proto__` included.
function without(input: JsonObject, keys: readonly string[]): JsonObject {
  const dropped = new Set(keys);
  return Object.fromEntries(Object.entries(input).filter(([key]) => !dropped.has(key)));
}

function masked(input: JsonObject, secret: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, secret.has(key) && value !== null ? MASK : value]),
  );
}

function isSecret(schema: Json): boolean {
  if (!isJsonObject(schema)) return false;
  if (schema.format === 'password' || schema['x-cog-secret'] === true) return true;
  const parts = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((part) =>
    Array.isArray(part) ? part : [],
  );
  return parts.some(isSecret);
}
