// A value that is too large for its message, written to a file. Where files of its own stand in it, the server is told
// at which bytes: it puts their URLs there without reading the text.
import { randomUUID } from 'node:crypto';
import { assert } from '../../../base/assert.ts';
import type { Json } from '../../../base/json.ts';
import { pointerKeys } from '../../../base/json-pointer.ts';
import { PawlError } from '../../../errors.ts';
import type { OutputFile, SpilledPayload } from '../../../protocol/slot-messages.ts';
import { spillText } from '../../../protocol/spill.ts';

/** `text` is the value as JSON. @throws PawlError PAWL_WORK_DIR */
export async function spillOutput(
  value: Json,
  text: string,
  files: readonly OutputFile[],
  directory: () => string,
): Promise<SpilledPayload> {
  const places = files.length === 0 ? [] : placesOf(value, files);
  try {
    return await spillText(text, directory(), places);
  } catch (cause) {
    // Not the predictor's own file, which it may look for in vain.
    const what = `an output of ${Buffer.byteLength(text)} bytes could not be written to the work directory`;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const mend = 'free space, choose another --work-dir, or return less';
    throw new PawlError('PAWL_WORK_DIR', `${what} (${reason}): ${mend}`, { cause });
  }
}

/** Each null is replaced by a text that nothing else can hold, and these are looked for in the JSON. */
function placesOf(value: Json, files: readonly OutputFile[]): number[] {
  const token = randomUUID();
  const root = { value };
  for (const [index, { pointer }] of files.entries()) put(root, `/value${pointer}`, `${token} ${index}`);
  const marked = JSON.stringify(root.value);
  for (const { pointer } of files) put(root, `/value${pointer}`, null);
  const places: number[] = [];
  let bytes = 0;
  // Text and numbers of files, in turns.
  for (const [at, piece] of marked.split(new RegExp(`"${token} (\\d+)"`)).entries()) {
    if (at % 2 === 1) places[Number(piece)] = bytes;
    bytes += at % 2 === 1 ? 'null'.length : Buffer.byteLength(piece);
  }
  return places;
}

/** Whatever lies above the place of a file is a copy: user data is never written to. */
function put(root: object, pointer: string, value: Json): void {
  const keys = pointerKeys(pointer);
  const last = keys.pop();
  let at: unknown = root;
  for (const key of keys) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : null;
  assert(last !== undefined && typeof at === 'object' && at !== null, 'a file has its place in the output');
  // Defined, not assigned: `__proto__` is a key like any other.
  Object.defineProperty(at, last, { value, writable: true, enumerable: true, configurable: true });
}
