// Payloads above the inline limit go to a file and back. The writer names the directory, the reader removes the file.
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Json } from '../base/json.ts';
import { limit } from '../limits.ts';
import type { Payload, SpilledPayload } from './slot-messages.ts';

/** Whether a value with this JSON text travels in the message itself. */
export function fitsInline(text: string): boolean {
  const bytesMax = limit('inlineBytesMax');
  return text.length <= bytesMax / 3 || Buffer.byteLength(text) <= bytesMax;
}

/** Writes JSON text into `directory`, which must exist. */
export async function spillText(
  text: string,
  directory: string,
  places: readonly number[] = [],
): Promise<SpilledPayload> {
  const file = path.join(directory, `spill-${randomUUID()}.json`);
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return { in: 'file', path: file, places };
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

/** Removes the file of a payload that nobody will read. */
export async function discardPayload(payload: Payload): Promise<void> {
  if (payload.in === 'file') await rm(payload.path, { force: true });
}
