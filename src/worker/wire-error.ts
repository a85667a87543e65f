// Errors as data for the wire, whatever user code threw.
import { type ErrorCode, isErrorCode } from '../errors.ts';
import { limit } from '../limits.ts';
import type { WireError } from '../protocol/control-messages.ts';

const textMax = limit('errorTextBytesMax');

/** Cuts to about the limit of LIMITS.errorTextBytesMax, and leaves no lone surrogate behind. */
export function bounded(text: string): string {
  return (text.length > textMax ? `${text.slice(0, textMax)}…` : text).toWellFormed();
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Cyclic, or with a throwing toJSON: its type is all that can be said.
    return Object.prototype.toString.call(value);
  }
}

/** `code` is used unless the error carries one of ours. */
export function wireError(thrown: unknown, code: ErrorCode): WireError {
  if (!(thrown instanceof Error)) {
    return { name: 'Error', message: bounded(describe(thrown)), stack: null, code };
  }
  const own = 'code' in thrown && isErrorCode(thrown.code) ? thrown.code : code;
  return {
    name: bounded(String(thrown.name)),
    message: bounded(String(thrown.message)),
    stack: typeof thrown.stack === 'string' ? bounded(thrown.stack) : null,
    code: own,
  };
}
