// Whatever user code threw, read without harm: it may be no Error at all, one of another realm, or one whose getters
// throw. What cannot be read is left out; nothing here ever throws.
import { types } from 'node:util';

export interface ThrownError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  /** Undefined where there is none. */
  readonly cause: unknown;
}

/** Null where it is no error but some other value. */
export function asError(thrown: unknown): ThrownError | null {
  if (!isError(thrown)) return null;
  const name = property(thrown, 'name');
  const message = property(thrown, 'message');
  const stack = property(thrown, 'stack');
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : '',
    stack: typeof stack === 'string' ? stack : null,
    cause: property(thrown, 'cause'),
  };
}

/** A value that is no error, as text. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Cyclic, or with a throwing toJSON: its type is all that can be said.
    return typeName(value);
  }
}

/** On one line: `NAME: message`, or the value. */
export function errorLine(thrown: unknown): string {
  const error = asError(thrown);
  return error === null ? describeValue(thrown) : `${error.name}: ${error.message}`;
}

function isError(thrown: unknown): thrown is object {
  try {
    return thrown instanceof Error || types.isNativeError(thrown);
  } catch {
    // A proxy that does not want to be looked at.
    return false;
  }
}

function property(object: object, name: string): unknown {
  try {
    return Reflect.get(object, name);
  } catch {
    return undefined;
  }
}

function typeName(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    // A revoked proxy.
    return 'a value that cannot be read';
  }
}
