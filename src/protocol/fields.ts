// Checks the fields of an incoming message, naming the field in the error. Used by decode.ts only. Takes values and not
// names to look up: a look-up by a name that is another one each time is what V8 is slow at, and each log line has some.
import { isObject, type Json, type JsonObject } from '../base/json.ts';

export type Raw = Record<string, unknown>;

/** Becomes PAWL_PROTOCOL where the type of the message is known. */
export class FieldError extends Error {}

function bad(name: string, wanted: string): never {
  throw new FieldError(`field ${name} is not ${wanted}`);
}

export function text(value: unknown, name: string): string {
  return typeof value === 'string' ? value : bad(name, 'a string');
}

export function textOrNull(value: unknown, name: string): string | null {
  return value === null ? null : text(value, name);
}

/** A finite number that is not negative: counts, indexes and durations are all of that kind. */
export function count(value: unknown, name: string): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : bad(name, 'a number');
}

export function countOrNull(value: unknown, name: string): number | null {
  return value === null ? null : count(value, name);
}

export function flag(value: unknown, name: string): boolean {
  return typeof value === 'boolean' ? value : bad(name, 'true or false');
}

export function oneOf<const T extends readonly string[]>(
  value: unknown,
  name: string,
  allowed: T,
): T[number] {
  return typeof value === 'string' && allowed.includes(value) ? value : bad(name, allowed.join(' or '));
}

export function object(value: unknown, name: string): Raw {
  return isObject(value) ? value : bad(name, 'an object');
}

/** Already parsed from JSON, so an object is a JsonObject. */
export function jsonObject(value: unknown, name: string): JsonObject {
  return object(value, name) as JsonObject;
}

/** Already parsed from JSON; only its presence is checked. */
export function json(value: unknown, name: string): Json {
  return value === undefined ? bad(name, 'present') : (value as Json);
}

export function texts(value: unknown, name: string): string[] {
  const isTexts = (entries: unknown): entries is string[] =>
    Array.isArray(entries) && entries.every((entry) => typeof entry === 'string');
  return isTexts(value) ? value : bad(name, 'a list of strings');
}

export function counts(value: unknown, name: string): number[] {
  const isCounts = (entries: unknown): entries is number[] =>
    Array.isArray(entries) && entries.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
  return isCounts(value) ? value : bad(name, 'a list of counts');
}

export function list<T>(value: unknown, name: string, item: (value: Raw) => T): T[] {
  if (!Array.isArray(value)) return bad(name, 'a list');
  return value.map((entry) => (isObject(entry) ? item(entry) : bad(name, 'a list of objects')));
}
