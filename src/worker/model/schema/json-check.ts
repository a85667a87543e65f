// One ajv for what the worker checks by JSON Schema: inputs declared by a plain schema, and all outputs. Formats are
// only documentation here, except that of a file.
import { createRequire } from 'node:module';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { IS_COMPILED, loadCompiled } from '../../../base/compiled.ts';
import type { JsonObject } from '../../../base/json.ts';
import { pointerKeys } from '../../../base/json-pointer.ts';
import { isPawlFile } from '../../../predictor/pawl-file.ts';
import type { InputIssue } from '../../../protocol/slot-messages.ts';
import { isFileSchema, isJsonObject, isList, mapSubschemas, without } from './keywords.ts';
import { messageOf, type SchemaName, schemaError } from './schema-error.ts';
import { type JsonCheck, type JsonChecks, simpleChecks } from './simple-check.ts';
import { isWellFormed } from './well-formed.ts';

/** input: files are PawlFiles, and defaults are filled in. output: a file is the text that the client sees. */
type Side = 'input' | 'output';

type AjvModule = typeof import('ajv/dist/2020.js');

/** Loaded where it is needed: most predictors bring a validator of their own. */
function loadAjv(): AjvModule {
  const load = createRequire(import.meta.url);
  return IS_COMPILED ? loadCompiled('ajv') : load('ajv/dist/2020.js');
}

const FILE = 'x-pawl-file';
const ROOT_ID = 'schema';

/**
 * An input check fills defaults into the very object it is given.
 * @throws PawlError PAWL_PREDICTOR_INVALID where the schema is not valid.
 */
export function compileChecks(schema: JsonObject, side: Side, name: SchemaName): JsonChecks {
  try {
    const simple = side === 'output' ? simpleChecks(schema) : null;
    return simple ?? compileWithAjv(schema, side);
  } catch (error) {
    throw schemaError(name, `is no valid JSON Schema: ${messageOf(error)}`, error);
  }
}

/** Exported for the test that holds simple checks against it. */
export function compileWithAjv(schema: JsonObject, side: Side): JsonChecks {
  const { Ajv2020 } = loadAjv();
  const isUnknown = !isWellFormed(schema);
  const ajv = new Ajv2020({
    strict: false,
    meta: isUnknown,
    validateSchema: isUnknown,
    logger: false,
    validateFormats: false,
    allErrors: false,
    ownProperties: true,
    useDefaults: side === 'input',
    code: { regExp: Object.assign(compilePattern, { code: 'new RegExp' }) },
  });
  ajv.addKeyword({
    keyword: FILE,
    schemaType: 'boolean',
    validate: (_: boolean, value: unknown) => isPawlFile(value),
  });
  ajv.addSchema(side === 'input' ? withFileKeyword(schema) : schema, ROOT_ID);
  const checkAt = (pointer: string): JsonCheck => {
    const validate: ValidateFunction = ajv.compile({ $ref: `${ROOT_ID}#${pointer}` });
    return (value) => (validate(value) ? [] : (validate.errors ?? []).slice(-1).map(issueOf));
  };
  const hasItems = isJsonObject(schema.items) && schema.type === 'array' && schema.prefixItems === undefined;
  return { whole: checkAt(''), item: hasItems ? checkAt('/items') : null };
}

function withFileKeyword(schema: JsonObject): JsonObject {
  const inner = mapSubschemas(schema, (sub) => (isJsonObject(sub) ? withFileKeyword(sub) : sub));
  if (!isFileSchema(schema)) return inner;
  const file: JsonObject = { [FILE]: true };
  const others = (isList(schema.type) ? schema.type : []).filter((type) => type !== 'string');
  // What else is said about the text held for the URL, not for the file.
  return others.length === 0 ? file : { anyOf: [file, { ...without(inner, ['format']), type: others }] };
}

function issueOf(error: ErrorObject): InputIssue {
  const path = pointerKeys(error.instancePath);
  const missing: unknown = error.params.missingProperty;
  if (typeof missing === 'string') return { path: [...path, missing], message: 'Field required' };
  return { path, message: textOf(error) };
}

function textOf({ keyword, params, message }: ErrorObject): string {
  const allowed: unknown = params.allowedValues;
  if (Array.isArray(allowed))
    return `must be one of ${allowed.map((value) => JSON.stringify(value)).join(', ')}`;
  if (keyword === FILE) return 'must be a file: an http:, https: or data: URL';
  return message ?? `fails ${keyword}`;
}

// JSON Schema wants patterns read as Unicode, but many that people write are legal only without.
function compilePattern(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    // Not a Unicode pattern; a pattern that is wrong either way throws here.
    return new RegExp(pattern);
  }
}

/** A deep copy of plain lists and objects; anything else, a file for one, stays what it is. */
export function copyPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyPlain);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  // Makes own properties of whatever name, `__proto__` included.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyPlain(item)]));
}
