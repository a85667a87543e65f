// Files that a command line names: `-i image=@cat.png` as a data URL, and the object of --json. Refuses, by name and
// before anything runs, what cannot be read or is too large.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { mediaTypeOfName } from '../base/file-name.ts';
import { formatBytes } from '../base/format-bytes.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { limit } from '../limits.ts';
import { errorText, quoted, usageError } from './usage-error.ts';

export function readAsDataUrl(path: string, inputFileBytesMax: number): string {
  const type = mediaTypeOfName(basename(path)) ?? 'application/octet-stream';
  try {
    const { size } = statSync(path);
    if (size > Math.min(inputFileBytesMax, limit('commandFileBytesMax'))) {
      throw tooLarge(path, size, inputFileBytesMax);
    }
    const name = encodeURIComponent(basename(path).toWellFormed());
    return `data:${type};name=${name};base64,${readFileSync(path).toString('base64')}`;
  } catch (cause) {
    throw isSystemError(cause) ? unreadable(path, cause) : cause;
  }
}

/** `-` reads stdin. */
export async function readJsonFile(path: string): Promise<JsonObject> {
  const source = path === '-' ? 'stdin' : quoted(path);
  const value = parse(await readText(path), source);
  if (isJsonObject(value)) return value;
  throw usageError(`--json takes a JSON object such as {"name": "value"}; ${source} holds something else.`);
}

async function readText(path: string): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  const max = limit('commandFileBytesMax');
  try {
    for await (const part of path === '-' ? process.stdin : createReadStream(path)) {
      parts.push(part);
      size += part.length;
      if (size > max) throw usageError(`--json takes at most ${formatBytes(max)}.`);
    }
  } catch (cause) {
    throw isSystemError(cause) ? unreadable(path, cause) : cause;
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string, source: string): Json {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw usageError(`--json takes a JSON object, but ${source} is not JSON: ${errorText(cause)}.`, {
      cause,
    });
  }
}

function unreadable(path: string, cause: NodeJS.ErrnoException): Error {
  const reasons: { readonly [code: string]: string } = {
    ENOENT: 'does not exist',
    EISDIR: 'is a directory',
    EACCES: 'may not be read by this user',
  };
  const reason = reasons[cause.code ?? ''] ?? `cannot be read (${errorText(cause)})`;
  return usageError(`The input file ${quoted(path)} ${reason}.`, { cause });
}

function tooLarge(path: string, size: number, inputFileBytesMax: number): Error {
  const own = limit('commandFileBytesMax');
  const reason =
    inputFileBytesMax < own
      ? `--max-input-bytes allows ${formatBytes(inputFileBytesMax)}`
      : `a command line can send ${formatBytes(own)}; put it on a web server and give its URL`;
  return usageError(`The input file ${quoted(path)} has ${formatBytes(size)}, but ${reason}.`);
}

function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause;
}

function isJsonObject(value: Json): value is JsonObject {
  return isObject(value);
}
