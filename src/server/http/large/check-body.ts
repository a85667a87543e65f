// The check of a large body, as a function of its bytes: what parsing and checking a small one would have said, in the
// same order and words, and where the input lies. Runs outside the server; writes files beside the body's where the
// input is not passed on as it came.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Json, JsonObject } from '../../../base/json.ts';
import { mayOverflow } from '../../../base/json-measure.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import { ownUrls } from '../../files/own-files.ts';
import type { OwnUrl, TextRange } from '../../payload/stored-input.ts';
import type { InputFields } from '../../prediction/field-kinds.ts';
import type { InputCheck } from '../../prediction/input-check.ts';
import { isJsonObject } from '../../prediction/openapi-schema.ts';
import { type Issue, RequestRefused } from '../../prediction/refusal.ts';
import { checkObject, checkUtf8, parseObject, withoutMark } from '../body.ts';
import { readPredictionBody } from '../prediction-request.ts';
import { bodyOfForm } from '../upload/form-input.ts';
import {
  type CheckedText,
  knownFields,
  type RefusedBody,
  shownPath,
  type TakenBody,
  valuePath,
} from './check-report.ts';
import { type ByteRange, findInput } from './find-input.ts';
import { formIn, type StoredPart } from './form-file.ts';

export interface BodyFile {
  readonly path: string;
  /** Its parts, where it is a form. */
  readonly form: readonly StoredPart[] | null;
  readonly bytes: Buffer;
}

interface Parsed {
  readonly body: JsonObject;
  /** Of the input; null where it is not known. */
  readonly range: ByteRange | null;
}

export interface Checks {
  /** Null where the predictor is not known. */
  readonly check: InputCheck | null;
  /** What it says of each input, for forms. */
  readonly fields: InputFields;
  /** Whether URLs of stored files are looked for. */
  readonly hasFiles: boolean;
  /** A smaller input is passed on with the fields. */
  readonly largeFrom?: number;
}

export function checkBody(file: BodyFile, checks: Checks): TakenBody | RefusedBody {
  try {
    const { body, range } = file.form === null ? parse(file.bytes) : parseForm(file, checks);
    const { input, ...others } = knownFields(body);
    const fields = meaningOf(others);
    if (input === undefined || input === null) return { type: 'taken', fields, input: null };
    const text = range === null ? JSON.stringify(input) : null;
    const bytes = range === null ? Buffer.byteLength(text ?? '') : range.to - range.from;
    if (bytes <= (checks.largeFrom ?? limit('inlineBytesMax')))
      return { type: 'taken', fields: { ...fields, input }, input: null };
    return { type: 'taken', fields, input: checkInput(input, file, range, checks) };
  } catch (error) {
    return refusal(error);
  }
}

/** Its texts are read one by one: the input lies nowhere as it is. */
function parseForm({ bytes, form }: BodyFile, { fields }: Checks): Parsed {
  return { body: bodyOfForm(formIn(bytes, form ?? []), fields), range: null };
}

/**
 * What of them the server needs, which is small: a body of many megabytes must not come to it by another field. Throws
 * RequestRefused.
 */
function meaningOf({ webhook_events_filter, version, ...fields }: JsonObject): JsonObject {
  const read = readPredictionBody({ webhook_events_filter, version, ...fields });
  return {
    ...fields,
    ...(read.webhook === null ? {} : { webhook_events_filter: [...read.webhook.events] }),
    ...(read.version === null ? {} : { version: read.version }),
  };
}

/** The input and what is around it, each by itself; where that fails, all at once, which tells why. */
function parse(bytes: Buffer): Parsed {
  checkUtf8(bytes);
  const range = findInput(bytes);
  const body = range === null ? null : parseApart(bytes, range);
  return body === null ? { body: parseObject(bytes.toString()), range: null } : { body, range };
}

/**
 * JSON is what has JSON in place of a value that is JSON. The mark must have become the value of `input`, so that no
 * later field of that name counts instead.
 */
function parseApart(bytes: Buffer, { from, to }: ByteRange): JsonObject | null {
  const mark = randomUUID();
  let body: Json;
  let input: Json;
  let mayHaveOverflow: boolean;
  try {
    const around = `${bytes.toString('utf8', 0, from)}"${mark}"${bytes.toString('utf8', to)}`;
    body = JSON.parse(withoutMark(around));
    const text = bytes.toString('utf8', from, to);
    input = JSON.parse(text);
    mayHaveOverflow = mayOverflow(around) || mayOverflow(text);
  } catch {
    return null;
  }
  if (!isJsonObject(body) || body.input !== mark) return null;
  return checkObject({ ...body, input }, bytes.length, mayHaveOverflow);
}

function checkInput(
  input: Json,
  file: BodyFile,
  range: ByteRange | null,
  { check, hasFiles }: Checks,
): CheckedText {
  const asItCame = { path: file.path, ...(range ?? { from: 0, to: file.bytes.length }) };
  const checked = checkWith(check, input);
  // Nobody looks at an input that is refused.
  if (Array.isArray(checked))
    return { value: asItCame, shown: asItCame, warnings: [], issues: checked, ownUrls: [] };
  const { value, shown, warnings } = checked;
  const isAsItCame = value === input && range !== null;
  const valueText = isAsItCame ? asItCame : write(value, valuePath(file.path));
  const shownText = shown === value ? valueText : write(shown, shownPath(file.path));
  return {
    value: valueText,
    shown: shownText,
    warnings,
    issues: null,
    ownUrls: hasFiles ? urlsOf(value) : [],
  };
}

type Checked = { readonly value: Json; readonly shown: Json; readonly warnings: readonly string[] };

function checkWith(check: InputCheck | null, input: Json): Checked | Issue[] {
  try {
    return check === null ? { value: input, shown: input, warnings: [] } : check(input);
  } catch (error) {
    if (error instanceof RequestRefused) return [...error.issues];
    throw error;
  }
}

/** More than a prediction can be told of are refused when it starts, in whatever number. */
const OWN_URLS_MAX = 100_000;

function urlsOf(value: Json): OwnUrl[] {
  const found: OwnUrl[] = [];
  for (const url of ownUrls(value)) if (found.push(url) >= OWN_URLS_MAX) break;
  return found;
}

function write(value: Json, path: string): TextRange {
  const text = JSON.stringify(value);
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  return { path, from: 0, to: Buffer.byteLength(text) };
}

function refusal(error: unknown): RefusedBody {
  if (error instanceof RequestRefused) {
    const { code, message, issues, part } = error;
    return { type: 'refused', code, message, issues, part };
  }
  if (!(error instanceof PawlError)) throw error;
  return { type: 'refused', code: error.code, message: error.message, issues: null, part: 'body' };
}
