// The check of a large body, as a function of its bytes: what parsing and checking a small one would have said, in the
// same order and words, and where the input lies. Runs outside the server; writes files beside the body's where the
// input is not passed on as it came.
import { writeFileSync } from 'node:fs';
import type { Json, JsonObject } from '../../../base/json.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import { ownUrls } from '../../files/own-files.ts';
import type { OwnUrl, TextRange } from '../../payload/stored-input.ts';
import type { InputFields } from '../../prediction/field-kinds.ts';
import type { InputCheck } from '../../prediction/input-check.ts';
import { type Issue, RequestRefused } from '../../prediction/refusal.ts';
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
import type { ByteRange } from './find-input.ts';
import { formIn, type StoredPart } from './form-file.ts';
import { type JsonScan, scanJson } from './json-scan.ts';
import type { OpenFields } from './open-fields.ts';
import { checkCost, type InputText, type ReadBody, readLargeBody } from './read-body.ts';
import { reducedInput } from './reduced-input.ts';

export interface BodyFile {
  readonly path: string;
  /** Its parts, where it is a form. */
  readonly form: readonly StoredPart[] | null;
  readonly bytes: Buffer;
}

export interface Checks {
  /** Null where the predictor is not known. */
  readonly check: InputCheck | null;
  /** What it says of each input, for forms. */
  readonly fields: InputFields;
  /** Whether URLs of stored files are looked for. */
  readonly hasFiles: boolean;
  /** Of the same document; null where nothing is known. */
  readonly open?: OpenFields | null;
  /** False: what takes long is not begun. */
  readonly isPatient?: boolean;
  /** A smaller input is passed on with the fields. */
  readonly largeFrom?: number;
}

/** @throws TakesLong where nobody is patient enough for it. */
export function checkBody(file: BodyFile, checks: Checks): TakenBody | RefusedBody {
  try {
    const body =
      file.form === null ? readLargeBody(file.bytes, checks.isPatient ?? true) : readForm(file, checks);
    const { input: small, ...others } = knownFields(body.fields);
    const fields = meaningOf(others);
    const largeFrom = checks.largeFrom ?? limit('inlineBytesMax');
    if (body.input !== null && body.input.bytes > largeFrom && !body.input.isNull)
      return { type: 'taken', fields, input: checkInputText(body.input, file, checks) };
    const input = body.input === null ? small : body.input.value;
    if (input === undefined || input === null) return { type: 'taken', fields, input: null };
    if (body.input !== null || Buffer.byteLength(JSON.stringify(input)) <= largeFrom)
      return { type: 'taken', fields: { ...fields, input }, input: null };
    return { type: 'taken', fields, input: checkInput(input, file, null, checks) };
  } catch (error) {
    return refusal(error);
  }
}

/** Its texts are read one by one: the input lies nowhere as it is. */
function readForm({ bytes, form }: BodyFile, { fields, isPatient = true }: Checks): ReadBody {
  const parts = form ?? [];
  // Any of its texts may be JSON.
  const scans = parts.flatMap((part) => ('url' in part ? [] : [scanJson(bytes, part)]));
  const sum = (count: (scan: JsonScan) => number) => scans.reduce((total, scan) => total + count(scan), 0);
  checkCost({ shapes: sum((scan) => scan.shapes), containers: sum((scan) => scan.containers) }, isPatient);
  return { fields: bodyOfForm(formIn(bytes, parts), fields), input: null };
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

/** With as little of it made into values as the schema allows. */
function checkInputText(input: InputText, file: BodyFile, checks: Checks): CheckedText {
  const { check, open = null, hasFiles } = checks;
  // URLs may be anywhere.
  const reduced = check === null || open === null || hasFiles ? null : reducedInput(input, open);
  if (check !== null && reduced !== null) {
    const checked = checkWith(check, reduced);
    // Whoever is told what is wrong, or given something else, is told and given it of the whole.
    if (!Array.isArray(checked) && checked.value === reduced && checked.shown === reduced) {
      const asItCame = { path: file.path, ...input.range };
      return { value: asItCame, shown: asItCame, warnings: checked.warnings, issues: null, ownUrls: [] };
    }
  }
  return checkInput(input.value, file, input.range, checks);
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
