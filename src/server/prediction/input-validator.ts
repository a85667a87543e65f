// One JSON Schema compiler for the schemas of an OpenAPI document, set up for what predictors declare: unknown
// keywords and formats are tolerated, nothing is coerced or defaulted, and `format: uri` means a file.
import type { ErrorObject } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '../../base/json.ts';
import { schemaRoot } from './openapi-schema.ts';
import { schemaPattern } from './pattern.ts';
import { replaceUniqueItems } from './unique-items.ts';

export interface SchemaCompiler {
  /** `pointer` is a JSON pointer into the document's `#/components/schemas`. Throws where the schema is invalid. */
  compile(pointer: readonly string[]): SchemaCheck;
}

/** Null when the value fits; else the errors of the first failing keyword, the outermost last. Throws PatternUndecided. */
export type SchemaCheck = (value: Json) => readonly ErrorObject[] | null;

const ROOT_ID = 'document';

export function schemaCompiler(document: JsonObject): SchemaCompiler {
  const ajv = new Ajv2020({
    strict: false,
    meta: false,
    validateSchema: false,
    logger: false,
    // Reporting every error of a huge list would cost memory without bound; input-check.ts asks field by field.
    allErrors: false,
    ownProperties: true,
    // An error knows its schema: of a file more can be said than that it must be a string.
    verbose: true,
    formats: { uri: isFileUrl },
    code: { regExp: Object.assign(schemaPattern, { code: 'schemaPattern' }) },
  });
  replaceUniqueItems(ajv);
  ajv.addSchema(schemaRoot(document), ROOT_ID);
  return {
    compile(pointer) {
      const path = ['components', 'schemas', ...pointer].map(escapeSegment).join('/');
      const validate: ValidateFunction = ajv.compile({ $ref: `${ROOT_ID}#/${path}` });
      return (value) => (validate(value) ? null : (validate.errors ?? []));
    },
  };
}

function escapeSegment(segment: string): string {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** A file input is fetched by the worker: anything but these schemes cannot be. */
function isFileUrl(text: string): boolean {
  // Only the head is looked at: a data URL may hold a hundred megabytes.
  if (/^data:/i.test(text)) return text.includes(',');
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
