// What predict() returned or yielded → plain JSON plus a list of files. Small plain JSON, the usual case, is done at
// once; files are written and promises awaited only where there are some. Never writes to the user's own objects.
import type { Json } from '../../../base/json.ts';
import { limit } from '../../../limits.ts';
import type { OutputFile } from '../../../protocol/slot-messages.ts';
import { FileBatch } from './file-batch.ts';
import { releaseContent } from './file-content.ts';
import type { Key } from './location.ts';
import type { OutputArea, OutputKind } from './output-area.ts';
import { isPlainJson } from './plain-json.ts';
import { type Pending, Walker } from './walker.ts';

export interface EncodedOutput {
  /** null in place of each file. May share structure with the user's value. */
  readonly value: Json;
  readonly files: readonly OutputFile[];
}

export interface EncodeOptions {
  readonly area: OutputArea;
  readonly kind: OutputKind;
  /** How messages name the value: `output`, or `output[3]` for the fourth item of a generator. */
  readonly path: string;
}

const NO_FILES: readonly OutputFile[] = Object.freeze([]);

/**
 * A promise only where something had to be awaited: a file, a stream or a nested promise.
 * @throws PawlError PAWL_OUTPUT_INVALID or PAWL_OUTPUT_FILE_FAILED; CancelationError; what user code threw meanwhile.
 */
export function encodeOutput(value: unknown, options: EncodeOptions): EncodedOutput | Promise<EncodedOutput> {
  // Most items of a generator.
  if (typeof value === 'string' && value.isWellFormed()) return { value, files: NO_FILES };
  const isPlain = typeof value === 'object' && value !== null && isPlainJson(value, limit('outputDepthMax'));
  if (isPlain) return { value: value as Json, files: NO_FILES };
  const walker = new Walker(options.path);
  let root: Json;
  try {
    root = walker.encode(value);
  } catch (error) {
    if (walker.hasPending) releaseFiles(walker);
    throw error;
  }
  return walker.hasPending ? settle(root, walker, options) : { value: root, files: NO_FILES };
}

async function settle(root: Json, walker: Walker, options: EncodeOptions): Promise<EncodedOutput> {
  using batch = new FileBatch(options);
  const holder = { root };
  const files: OutputFile[] = [];
  try {
    while (walker.hasPending) {
      const round = walker.takePending().map((pending) => resolve(pending, { walker, holder, batch }));
      for (const file of await batch.abortable(Promise.all(round))) {
        if (file !== null) files.push(file);
      }
    }
  } catch (error) {
    releaseFiles(walker);
    await batch.abandon();
    throw error;
  }
  return { value: holder.root, files };
}

interface Settling {
  readonly walker: Walker;
  readonly holder: { root: Json };
  readonly batch: FileBatch;
}

async function resolve(pending: Pending, { walker, holder, batch }: Settling): Promise<OutputFile | null> {
  if (pending.work.kind === 'file') return batch.save(pending.work.file, pending.keys);
  const value = await pending.work.promise;
  place(holder, pending.keys, value === undefined ? undefined : walker.encodeAt(pending, value));
  return null;
}

/** Whatever lies above a pending place is a copy, since null stands in it: user data is never written to. */
function place(holder: { root: Json }, keys: readonly Key[], value: Json | undefined): void {
  let container: object = holder;
  let key: Key = 'root';
  for (const next of keys) {
    container = Reflect.get(container, key) as object;
    key = next;
  }
  if (value !== undefined) Reflect.set(container, key, value);
  // As without the promise: undefined leaves no key in an object, and null elsewhere, where it stands already.
  else if (container !== holder && typeof key === 'string') Reflect.deleteProperty(container, key);
}

/** Nobody will read these any more. */
function releaseFiles(walker: Walker): void {
  for (const { work } of walker.takePending()) {
    if (work.kind === 'file') releaseContent(work.file.content);
  }
}
