// A declared output → OutputSchema. What a predictor returns is checked as the JSON that the client will get; it is
// never changed: defaults and transforms of an output schema do nothing.
import type { InputIssue } from '../../../protocol/slot-messages.ts';
import type { OutputSchema } from '../loaded-predictor.ts';
import { compileChecks } from './json-check.ts';
import { isJsonObject } from './keywords.ts';
import { readSchema, type Validate } from './read-schema.ts';
import type { SchemaName } from './schema-error.ts';

const NO_ISSUES: readonly InputIssue[] = Object.freeze([]);

export function outputSchema(schema: unknown, name: SchemaName): OutputSchema {
  const { json, validate } = readSchema(schema, name);
  const { whole, item } = compileChecks(json, 'output', name);
  const allowsNothing = validate !== null && acceptsUndefined(validate);
  return {
    json,
    check: (value) => (value === null && allowsNothing ? NO_ISSUES : whole(value)),
    items:
      item === null ? null : { json: isJsonObject(json.items) ? json.items : {}, check: item, items: null },
  };
}

/** JSON Schema cannot say that a whole value is optional, and undefined is sent as null. */
function acceptsUndefined(validate: Validate): boolean {
  try {
    const result = validate(undefined);
    return !(result instanceof Promise) && result.issues === undefined;
  } catch {
    // A validator that throws at undefined does not accept it.
    return false;
  }
}
