// A form as the body of a create request: each part is an input, read as its field in the schema says; parts of one
// name are a list; a part `request` with JSON holds everything else such a body may have.
import type { Json, JsonObject } from '../../../base/json.ts';
import type { FieldKind, InputFields } from '../../prediction/field-kinds.ts';
import { isJsonObject } from '../../prediction/openapi-schema.ts';
import { type Issue, RequestRefused, valueIssue } from '../../prediction/refusal.ts';
import { readText } from '../../prediction/text-value.ts';
import { parseObject } from '../body.ts';
import { type GivenPart, isJsonType } from './form-part.ts';

export const REQUEST_PART = 'request';

/** Throws RequestRefused, or PAWL_BODY_NOT_JSON for the part `request`. */
export function bodyOfForm(parts: readonly GivenPart[], fields: InputFields): JsonObject {
  const isRequest = (part: GivenPart) => isRequestPart(part, fields);
  const request = parts.find(isRequest);
  const body = request !== undefined && 'text' in request ? parseObject(request.text) : {};
  const given = Object.hasOwn(body, 'input') ? body.input : {};
  if (!isJsonObject(given)) refuse([valueIssue(['input'], 'must be object')]);
  const issues: Issue[] = [];
  const input = new Map<string, Json>(Object.entries(given));
  const inputs = parts.filter((part) => !isRequest(part));
  for (const name of new Set(inputs.map((part) => part.name))) {
    const values = inputs.filter((part) => part.name === name);
    input.set(name, fieldValue(values, new FieldReader(name, fields, issues)));
  }
  if (issues.length > 0) refuse(issues);
  // Own properties whatever the name, `__proto__` included.
  return { ...body, input: Object.fromEntries(input) };
}

/** A predictor may have an input of that name, and then the part is that. */
function isRequestPart(part: GivenPart, fields: InputFields): boolean {
  return (
    part.name === REQUEST_PART &&
    'text' in part &&
    isJsonType(part.mediaType) &&
    !fields.names.includes(REQUEST_PART)
  );
}

function fieldValue(parts: readonly GivenPart[], reader: FieldReader): Json {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return reader.read(first, reader.kinds);
  const list = listIn(reader.kinds);
  return parts.map((part) => reader.read(part, list?.items ?? reader.kinds));
}

class FieldReader {
  readonly kinds: readonly FieldKind[];
  readonly #name: string;
  readonly #issues: Issue[];

  constructor(name: string, fields: InputFields, issues: Issue[]) {
    // What the schema does not know is dropped by the check of the input, with a line in the log.
    this.kinds = fields.kindsOf(name) ?? [{ type: 'any' }];
    this.#name = name;
    this.#issues = issues;
  }

  /** A text that fits no kind stays a text: the check of the input says what is wrong with it. */
  read(part: GivenPart, kinds: readonly FieldKind[]): Json {
    if ('text' in part) {
      const reading = readText(part.text, kinds, null);
      return reading.ok ? reading.value : part.text;
    }
    if (kinds.some(({ type }) => type === 'file' || type === 'any')) return part.url;
    const list = listIn(kinds);
    if (list !== null) return [this.read(part, list.items)];
    this.#issues.push(valueIssue(['input', this.#name], 'takes no file: send its value as text'));
    return null;
  }
}

function listIn(kinds: readonly FieldKind[]): (FieldKind & { type: 'list' }) | null {
  return kinds.find((kind) => kind.type === 'list') ?? null;
}

function refuse(issues: readonly Issue[]): never {
  throw new RequestRefused('PAWL_INPUT_INVALID', issues);
}
