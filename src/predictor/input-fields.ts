// The input types that JSON has no word for: files, secrets, choices. Each is an ordinary zod schema, so it chains and
// nests like any other; `x-` metadata tells the worker what it stands for.
import { z } from 'zod';
import { isPawlFile, type PawlFile } from './pawl-file.ts';
import { Secret } from './secret.ts';

/** A file: the client sends a URL, a data URL or an upload; predict() gets a PawlFile. */
export function file(): z.ZodCustom<PawlFile, PawlFile> {
  return z
    .custom<PawlFile>(isPawlFile, { error: 'must be a file: an http:, https: or data: URL' })
    .meta({ type: 'string', format: 'uri', 'x-pawl-file': true });
}

/** A text that is never printed: predict() gets a Secret and calls `reveal()`. */
export function secret(): z.ZodPipe<z.ZodString, z.ZodTransform<Secret, string>> {
  return z
    .string()
    .transform((text) => new Secret(text))
    .meta({ format: 'password', writeOnly: true, 'x-cog-secret': true });
}

/** One of the given texts or numbers. */
export function choices<const T extends string | number>(values: readonly T[]): z.ZodLiteral<T> {
  if (!Array.isArray(values) || values.length === 0) {
    throw new TypeError("choices() takes a list with at least one value: choices(['fast', 'exact'])");
  }
  const odd = values.find((value) => typeof value !== 'string' && !Number.isFinite(value));
  if (odd !== undefined) throw new TypeError(`choices() takes texts and finite numbers, not ${String(odd)}`);
  return z.literal([...new Set(values)]);
}
