// Finds the strings of an input that stand for files, by the places the schema names, and puts the files there.
// The input as it came is never changed: what lies on the way to a file is copied.
import { isObject } from '../../../base/json.ts';
import type { FilePath } from '../loaded-predictor.ts';

export type FieldPath = readonly (string | number)[];

export interface FileField {
  readonly path: FieldPath;
  readonly text: string;
}

/** Every string in a file's place, each once. Absent values, null and values of other types are the schema's matter. */
export function findFileFields(input: Record<string, unknown>, places: readonly FilePath[]): FileField[] {
  const found = new Map<string, FileField>();
  const walk = (value: unknown, place: FilePath, path: FieldPath): void => {
    const name = place[path.length];
    if (name === undefined) {
      // Two members of a union may name the same place.
      if (typeof value === 'string') found.set(JSON.stringify(path), { path, text: value });
    } else if (name !== null) {
      if (isObject(value) && Object.hasOwn(value, name)) walk(value[name], place, [...path, name]);
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        walk(item, place, [...path, index]);
      });
    } else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) walk(item, place, [...path, key]);
    }
  };
  for (const place of places) walk(input, place, []);
  return [...found.values()];
}

/** A copy of `input` with `files` in place of the strings that were found. */
export function putFiles(
  input: Record<string, unknown>,
  files: readonly { readonly path: FieldPath; readonly file: unknown }[],
): Record<string, unknown> {
  const root = { ...input };
  const copies = new Set<object>([root]);
  for (const { path, file } of files) {
    let container: Record<string | number, unknown> = root;
    for (const key of path.slice(0, -1)) {
      container[key] = copyOnce(container[key], copies);
      container = container[key] as Record<string | number, unknown>;
    }
    // The key exists as an own property, so that even `__proto__` is only data here.
    const last = path.at(-1);
    if (last !== undefined) container[last] = file;
  }
  return root;
}

function copyOnce(value: unknown, copies: Set<object>): object {
  if (typeof value === 'object' && value !== null && copies.has(value)) return value;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  copies.add(copy);
  return copy;
}

/** `image`, `images[2]`, `layers.mask`: as a person would write it. */
export function describeField(path: FieldPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}
