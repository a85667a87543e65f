// Which files an input needs, and where each comes from: what the server has already, else what the URL says.
import { isObject } from '../../../base/json.ts';
import { jsonPointer, pointerKeys } from '../../../base/json-pointer.ts';
import type { InputFile, InputIssue } from '../../../protocol/slot-messages.ts';
import type { FilePath } from '../loaded-predictor.ts';
import { type FieldPath, findFileFields } from './file-fields.ts';
import { parseSource, type Source } from './source.ts';

export interface FileJob {
  readonly path: FieldPath;
  readonly source: Source;
}

export interface FileJobs {
  readonly jobs: readonly FileJob[];
  /** Texts in the place of a file that name none. */
  readonly issues: readonly InputIssue[];
}

export function fileJobs(
  input: Record<string, unknown>,
  places: readonly FilePath[],
  given: readonly InputFile[],
): FileJobs {
  const jobs: FileJob[] = [];
  const issues: InputIssue[] = [];
  const left = new Map(given.map((file) => [file.pointer, file]));
  for (const { path, text } of places.length === 0 ? [] : findFileFields(input, places)) {
    const pointer = jsonPointer(path);
    const file = left.get(pointer);
    left.delete(pointer);
    const source = file === undefined ? parseSource(text) : ({ kind: 'stored', file } as const);
    if (source === null) issues.push({ path, message: 'must be an http(s) URL or a data: URL' });
    else jobs.push({ path, source });
  }
  for (const file of left.values()) {
    const path = file.from === 'part' ? pathTo(input, file.pointer) : null;
    if (path !== null) jobs.push({ path, source: { kind: 'stored', file } });
  }
  return { jobs, issues };
}

/** Null where the input has no text there. */
function pathTo(input: Record<string, unknown>, pointer: string): FieldPath | null {
  const path: (string | number)[] = [];
  let at: unknown = input;
  for (const key of pointerKeys(pointer)) {
    if (Array.isArray(at)) {
      path.push(Number(key));
      at = at[Number(key)];
    } else {
      path.push(key);
      at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    }
  }
  return typeof at === 'string' ? path : null;
}
