// The `output` line of a slot socket from an encoded output. The value is stringified once; above the inline limit that
// text goes to a file in the work directory, which the server removes.
import { rmSync } from 'node:fs';
import type { Json } from '../../../base/json.ts';
import { jsonPointer } from '../../../base/json-pointer.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import type { PredictionId } from '../../../protocol/ids.ts';
import type { InputIssue, OutputFile } from '../../../protocol/slot-messages.ts';
import { fitsInline } from '../../../protocol/spill.ts';
import type { OutputSchema } from '../loaded-predictor.ts';
import type { EncodedOutput } from './encode.ts';
import { describeLocation } from './location.ts';
import type { OutputKind } from './output-area.ts';
import { spillOutput } from './spill-output.ts';

export interface OutputPlace {
  readonly id: PredictionId;
  readonly kind: OutputKind;
  readonly index: number;
  /** Asked for only where the value is too large for the line. */
  readonly outputDir: () => string;
}

/** The line, newline included; a promise only where the value had to go to a file. */
export function packOutput(encoded: EncodedOutput, place: OutputPlace): string | Promise<string> {
  const { value, files } = encoded;
  try {
    const text = stringify(value);
    if (fitsInline(text)) return line(`{"in":"message","value":${text}}`, files, place);
    const spilled = spillOutput(value, text, files, place.outputDir);
    return spilled.then((payload) => line(JSON.stringify(payload), files, place)).catch(refuse);
  } catch (error) {
    return refuse(error);
  }

  function refuse(error: unknown): never {
    discardFiles(files);
    throw error;
  }
}

/** The server never learns of these files, so it will not remove them. */
function discardFiles(files: readonly OutputFile[]): void {
  for (const file of files) if (file.temporary) rmSync(file.path, { force: true });
}

function stringify(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // Plain JSON by now, so the only reason left is its size.
    const message = 'Output is too large to be one JSON text: return a file, or yield it in parts';
    throw new PawlError('PAWL_OUTPUT_INVALID', message, { cause: error });
  }
}

function line(payload: string, files: readonly OutputFile[], { id, kind, index }: OutputPlace): string {
  const head = `{"type":"output","id":${JSON.stringify(id)},"kind":"${kind}","index":${index}`;
  const text = `${head},"payload":${payload},"files":${files.length === 0 ? '[]' : JSON.stringify(files)}}\n`;
  // Only a long list of files gets here: the payload is bounded.
  if (files.length > 0 && Buffer.byteLength(text) > limit('frameBytesMax')) {
    const message = `Output contains ${files.length} files, too many for one value: yield them one by one`;
    throw new PawlError('PAWL_OUTPUT_INVALID', message);
  }
  return text;
}

/** Where a file stands, the schema sees the text that the client will see there. */
const FILE_STAND_IN = 'data:,';

/** @throws PawlError PAWL_OUTPUT_INVALID when the value does not fit what the predictor declared; its files are gone. */
export function checkOutput(encoded: EncodedOutput, schema: OutputSchema, path: string): void {
  const { value, files } = encoded;
  const issues = files.length === 0 ? schema.check(value) : issuesBesideFiles(value, files, schema);
  const [first] = issues;
  if (first === undefined) return;
  discardFiles(files);
  throw new PawlError('PAWL_OUTPUT_INVALID', describeIssue(first, issues.length, path));
}

function issuesBesideFiles(value: Json, files: readonly OutputFile[], schema: OutputSchema): InputIssue[] {
  const pointers = new Set(files.map(({ pointer }) => pointer));
  const issues = schema.check(withStandIns(value, pointers));
  return issues.filter((issue) => !pointers.has(jsonPointer(issue.path)));
}

function describeIssue(issue: InputIssue, count: number, path: string): string {
  const where = describeLocation(path, issue.path);
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  return `Output does not fit the declared schema at ${where}: ${issue.message}${more}; return what it declares, or change it`;
}

function withStandIns(value: Json, pointers: ReadonlySet<string>): Json {
  const walk = (part: Json, at: string): Json => {
    if (part === null) return pointers.has(at) ? FILE_STAND_IN : null;
    if (typeof part !== 'object') return part;
    if (isList(part)) return part.map((item, index) => walk(item, `${at}/${index}`));
    return Object.fromEntries(
      Object.entries(part).map(([key, item]) => [key, walk(item, at + jsonPointer([key]))]),
    );
  };
  return walk(value, '');
}

/** Array.isArray does not narrow a readonly array. */
function isList(part: Json): part is readonly Json[] {
  return Array.isArray(part);
}
