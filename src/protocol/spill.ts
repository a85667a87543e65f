// Payloads above the inline limit go to a file and back. The writer names the directory, the reader removes the file.
import { randomUUID } from 'node:crypto';
import { open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Json } from '../base/json.ts';
import { limit } from '../limits.ts';
import type { InputPayload, SpilledInput, SpilledPayload } from './slot-messages.ts';

/** Whether a value with this JSON text travels in the message itself. */
export function fitsInline(text: string): boolean {
  const bytesMax = limit('inlineBytesMax');
  return text.length <= bytesMax / 3 || Buffer.byteLength(text) <= bytesMax;
}

/** A name in `directory` that no other payload has. */
export function spillPath(directory: string): string {
  return path.join(directory, `spill-${randomUUID()}.json`);
}

/** Writes the JSON text of an input into `directory`, which must exist. */
export async function spillInput(text: string, directory: string): Promise<SpilledInput> {
  return { in: 'file', path: await write(text, directory), from: 0, to: Buffer.byteLength(text) };
}

/** The same with that of an output. */
export async function spillText(
  text: string,
  directory: string,
  places: readonly number[],
): Promise<SpilledPayload> {
  return { in: 'file', path: await write(text, directory), places };
}

async function write(text: string, directory: string): Promise<string> {
  const file = spillPath(directory);
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return file;
}

/** The value, and the spill file is gone. */
export async function unpackPayload(payload: InputPayload): Promise<Json> {
  if (payload.in === 'message') return payload.value;
  try {
    return JSON.parse(await readPart(payload)) as Json;
  } finally {
    await rm(payload.path, { force: true });
  }
}

async function readPart({ path: file, from, to }: SpilledInput): Promise<string> {
  await using handle = await open(file);
  const part = Buffer.allocUnsafeSlow(to - from);
  for (let filled = 0; filled < part.length; ) {
    const { bytesRead } = await handle.read(part, filled, part.length - filled, from + filled);
    if (bytesRead === 0) throw new Error(`${file} ends after ${from + filled} bytes of ${to}`);
    filled += bytesRead;
  }
  return part.toString();
}

/** Removes the file of a payload that nobody will read. */
export async function discardPayload({ path: file }: SpilledInput): Promise<void> {
  await rm(file, { force: true });
}
