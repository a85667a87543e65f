// Errors as data for the wire, whatever user code threw.
import { type ErrorCode, PawlError } from '../errors.ts';
import { limit } from '../limits.ts';
import type { WireError } from '../protocol/control-messages.ts';
import { asError, describeValue } from './thrown.ts';

const textMax = limit('errorTextBytesMax');

/** Cuts to about the limit of LIMITS.errorTextBytesMax, and leaves no lone surrogate behind. */
export function bounded(text: string): string {
  return (text.length > textMax ? `${text.slice(0, textMax)}…` : text).toWellFormed();
}

/** `code` is used unless the error is one of ours: what user code calls its codes says nothing about us. */
export function wireError(thrown: unknown, code: ErrorCode): WireError {
  const error = asError(thrown);
  if (error === null) return { name: 'Error', message: bounded(describeValue(thrown)), stack: null, code };
  return {
    name: bounded(error.name),
    message: bounded(error.message),
    stack: error.stack === null ? null : bounded(error.stack),
    code: isOurs(thrown) ? thrown.code : code,
  };
}

function isOurs(thrown: unknown): thrown is PawlError {
  try {
    return thrown instanceof PawlError;
  } catch {
    // A proxy that does not want to be looked at.
    return false;
  }
}
