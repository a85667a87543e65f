// What the server and the process that checks large bodies say to each other. Both run the same code of the same build.
import { isObject, type Json, type JsonObject } from '../../../base/json.ts';
import type { ErrorCode } from '../../../errors.ts';
import type { Mode } from '../../../protocol/control-messages.ts';
import type { OwnUrl, TextRange } from '../../payload/stored-input.ts';
import type { Issue, RequestRefused } from '../../prediction/refusal.ts';
import type { StoredPart } from './form-file.ts';

export interface CheckRequest {
  readonly path: string;
  /** Its parts, where it is a form and only its texts lie in the file. */
  readonly form: readonly StoredPart[] | null;
  readonly mode: Mode;
  /** The predictor's document; null where it is that of the request before, or there is none. */
  readonly document: JsonObject | null;
  readonly hasSchema: boolean;
  /** Does the server keep files that an input may name? Then their URLs are looked for. */
  readonly hasFiles: boolean;
  /** Is a body taken that takes long, too? */
  readonly isPatient: boolean;
}

/** `input` is null where the fields have it, since it is small, or where there is none. */
export interface TakenBody {
  readonly type: 'taken';
  readonly fields: JsonObject;
  readonly input: CheckedText | null;
}

export interface CheckedText {
  readonly value: TextRange;
  readonly shown: TextRange;
  readonly warnings: readonly string[];
  readonly issues: readonly Issue[] | null;
  readonly ownUrls: readonly OwnUrl[];
}

export interface RefusedBody {
  readonly type: 'refused';
  readonly code: ErrorCode;
  readonly message: string;
  /** Null where it was refused as a whole. */
  readonly issues: readonly Issue[] | null;
  readonly part: RequestRefused['part'];
}

/** It would take long, and was not begun. */
export interface DearBody {
  readonly type: 'dear';
}

/** The disk is full, or we have a defect. */
export interface FailedCheck {
  readonly type: 'failed';
  readonly code: string | null;
  readonly message: string;
  readonly stack: string | null;
}

/** Of a body that was checked to its end. */
export type Verdict = TakenBody | RefusedBody | FailedCheck;
export type CheckReport = Verdict | DearBody;

const REPORTS: readonly unknown[] = ['taken', 'refused', 'failed', 'dear'] satisfies CheckReport['type'][];

export function isReport(message: unknown): message is CheckReport {
  return isObject(message) && REPORTS.includes(message.type);
}

export function isRequest(message: unknown): message is CheckRequest {
  return isObject(message) && typeof message.path === 'string' && typeof message.hasSchema === 'boolean';
}

export function failedCheck(error: unknown): FailedCheck {
  if (!(error instanceof Error)) return { type: 'failed', code: null, message: String(error), stack: null };
  const { message, stack = null } = error;
  const code: unknown = Reflect.get(error, 'code');
  return { type: 'failed', code: typeof code === 'string' ? code : null, message, stack };
}

/** What was caught there, here. */
export function caughtIn({ code, message, stack }: FailedCheck): Error {
  const more = { ...(code === null ? {} : { code }), ...(stack === null ? {} : { stack }) };
  return Object.assign(new Error(message), more);
}

/** The fields of a create request that mean something. */
export const KNOWN_FIELDS = [
  'id',
  'input',
  'context',
  'webhook',
  'webhook_events_filter',
  'version',
] as const;

export function knownFields(body: JsonObject): { [field: string]: Json } {
  const known: { [field: string]: Json } = {};
  for (const field of KNOWN_FIELDS) {
    const value = Object.hasOwn(body, field) ? body[field] : undefined;
    if (value !== undefined) known[field] = value;
  }
  return known;
}

/** Beside the file of a body: its input where that is not passed on as it came, and what clients are shown of it. */
export const valuePath = (bodyPath: string): string => `${bodyPath}.value`;
export const shownPath = (bodyPath: string): string => `${bodyPath}.shown`;
