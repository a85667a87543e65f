// Payloads above the inline limit go to a file and back. The writer names the directory, the reader removes the file.
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Json } from '../base/json.ts';
import { limit } from '../limits.ts';
import type { Payload } from './slot-messages.ts';

/** Wraps a value; above LIMITS.inlineBytesMax it is written into `directory`, which must exist. */
export async function packPayload(value: Json, directory: string): Promise<Payload> {
  const text = JSON.stringify(value);
  const bytesMax = limit('inlineBytesMax');
  if (text.length <= bytesMax / 3 || Buffer.byteLength(text) <= bytesMax) return { in: 'message', value };
  const file = path.join(directory, `spill-${randomUUID()}.json`);
  await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  return { in: 'file', path: file };
}

/** The value, and the spill file is gone. */
export async function unpackPayload(payload: Payload): Promise<Json> {
  if (payload.in === 'message') return payload.value;
  try {
    return JSON.parse(await readFile(payload.path, 'utf8')) as Json;
  } finally {
    await rm(payload.path, { force: true });
  }
}
