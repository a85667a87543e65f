// What the schema validator found, as issues a client can show next to its fields. Works on structured errors only,
// never on their text.
import type { ErrorObject } from 'ajv';
import type { Json } from '../../base/json.ts';
import { pointerKeys } from '../../base/json-pointer.ts';
import type { Issue } from './refusal.ts';

type Path = readonly (string | number)[];

/** The one issue to report for a failed validation: `errors` are those of one keyword and of what it tried. */
export function issueOf(errors: readonly ErrorObject[], data: Json, prefix: Path): Issue {
  const last = errors.at(-1);
  if (last === undefined) return { path: prefix, message: 'is not valid', type: 'value_error' };
  const error = last.keyword === 'anyOf' || last.keyword === 'oneOf' ? closest(errors, last) : last;
  const path = [...prefix, ...segments(error.instancePath, data)];
  const missing: unknown = error.params.missingProperty;
  if (error.keyword === 'required' && typeof missing === 'string') {
    return { path: [...path, missing], message: 'Field required', type: 'value_error.missing' };
  }
  const extra: unknown = error.params.additionalProperty ?? error.params.unevaluatedProperty;
  if (typeof extra === 'string') {
    return { path: [...path, extra], message: 'is not an accepted field', type: 'value_error' };
  }
  const message = error === last && errors.length > 1 ? alternatives(errors, last) : text(error);
  return { path, message, type: 'value_error' };
}

// Of the branches of a union, an error deeper inside the value means that the branch was the intended one.
function closest(errors: readonly ErrorObject[], union: ErrorObject): ErrorObject {
  const deeper = errors.filter((error) => error.instancePath.length > union.instancePath.length);
  const missing = errors.find(
    (error) => error.keyword === 'required' || error.keyword === 'additionalProperties',
  );
  return deeper[0] ?? missing ?? union;
}

function alternatives(errors: readonly ErrorObject[], union: ErrorObject): string {
  const branches = errors.filter(
    (error) => error !== union && !['anyOf', 'oneOf', 'allOf'].includes(error.keyword),
  );
  const texts = new Set(branches.map(text));
  return texts.size === 0 ? text(union) : [...texts].join(' or ');
}

const FILE_URL = 'an http:, https: or data: URL';

function text(error: ErrorObject): string {
  const { keyword, params, parentSchema } = error;
  if (keyword === 'enum' && Array.isArray(params.allowedValues)) {
    return `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(', ')}`;
  }
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`;
  if (keyword === 'format' && params.format === 'uri') return `must be ${FILE_URL}`;
  if (keyword === 'type' && parentSchema?.format === 'uri') return `must be a file, as ${FILE_URL}`;
  return error.message ?? `fails ${keyword}`;
}

/** A JSON pointer into `data` as keys, with numbers where they index a list. */
function segments(pointer: string, data: Json): Path {
  let at: unknown = data;
  return pointerKeys(pointer).map((key) => {
    const isIndex = Array.isArray(at);
    at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
    return isIndex ? Number(key) : key;
  });
}
