// Reads the fields of an incoming message, naming the field in the error. Used by decode.ts only.
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { PawlError } from '../errors.ts';

export type Raw = Record<string, unknown>;

function bad(raw: Raw, name: string, wanted: string): never {
  throw new PawlError('PAWL_PROTOCOL', `message ${String(raw.type)}: field ${name} is not ${wanted}`);
}

export function text(raw: Raw, name: string): string {
  const value = raw[name];
  return typeof value === 'string' ? value : bad(raw, name, 'a string');
}

export function textOrNull(raw: Raw, name: string): string | null {
  return raw[name] === null ? null : text(raw, name);
}

/** A finite number that is not negative: counts, indexes and durations are all of that kind. */
export function count(raw: Raw, name: string): number {
  const value = raw[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? value
    : bad(raw, name, 'a number');
}

export function countOrNull(raw: Raw, name: string): number | null {
  return raw[name] === null ? null : count(raw, name);
}

export function flag(raw: Raw, name: string): boolean {
  const value = raw[name];
  return typeof value === 'boolean' ? value : bad(raw, name, 'true or false');
}

export function oneOf<const T extends readonly string[]>(raw: Raw, name: string, allowed: T): T[number] {
  const value = raw[name];
  return typeof value === 'string' && allowed.includes(value) ? value : bad(raw, name, allowed.join(' or '));
}

export function object(raw: Raw, name: string): Raw {
  const value = raw[name];
  return isObject(value) ? value : bad(raw, name, 'an object');
}

/** Already parsed from JSON, so an object is a JsonObject. */
export function jsonObject(raw: Raw, name: string): JsonObject {
  return object(raw, name) as JsonObject;
}

/** Already parsed from JSON; only its presence is checked. */
export function json(raw: Raw, name: string): Json {
  const value = raw[name];
  return value === undefined ? bad(raw, name, 'present') : (value as Json);
}

export function texts(raw: Raw, name: string): string[] {
  const value = raw[name];
  const isTexts = (entries: unknown): entries is string[] =>
    Array.isArray(entries) && entries.every((entry) => typeof entry === 'string');
  return isTexts(value) ? value : bad(raw, name, 'a list of strings');
}

export function counts(raw: Raw, name: string): number[] {
  const value = raw[name];
  const isCounts = (entries: unknown): entries is number[] =>
    Array.isArray(entries) && entries.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
  return isCounts(value) ? value : bad(raw, name, 'a list of counts');
}

export function list<T>(raw: Raw, name: string, item: (value: Raw) => T): T[] {
  const value = raw[name];
  if (!Array.isArray(value)) return bad(raw, name, 'a list');
  return value.map((entry) => (isObject(entry) ? item(entry) : bad(raw, name, 'a list of objects')));
}
