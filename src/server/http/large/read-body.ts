// A large body, from bytes to its fields. Its input is made of it only where somebody has to look into it: a pass over
// the bytes tells whether it is JSON and what it would cost.
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../base/json.ts';
import { mayOverflow } from '../../../base/json-measure.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import { isJsonObject } from '../../prediction/openapi-schema.ts';
import { checkObject, checkUtf8, parseObject, withoutMark } from '../body.ts';
import { type ByteRange, findInput } from './find-input.ts';
import { type JsonScan, type Member, scanJson } from './json-scan.ts';

export interface ReadBody {
  /** Without the input, where that has a range. */
  readonly fields: JsonObject;
  /** Null where the input is among the fields, if there is one. */
  readonly input: InputText | null;
}

export class InputText {
  readonly range: ByteRange;
  /** Of an object; null where it has too many to tell. */
  readonly members: readonly Member[] | null;
  readonly #bytes: Buffer;
  #value: Json | undefined;

  constructor(bytes: Buffer, range: ByteRange, members: readonly Member[] | null) {
    this.#bytes = bytes;
    this.range = range;
    this.members = members;
  }

  get bytes(): number {
    return this.range.to - this.range.from;
  }

  get isNull(): boolean {
    return this.bytes === 'null'.length && this.value === null;
  }

  get value(): Json {
    this.#value ??= JSON.parse(this.text(this.range)) as Json;
    return this.#value;
  }

  text({ from, to }: ByteRange): string {
    return this.#bytes.toString('utf8', from, to);
  }
}

/** A body that takes much longer than its size lets expect is left to whoever has the time. */
export class TakesLong extends Error {}

/** Nobody sends more beside an input. */
const AROUND_BYTES_MAX = 256 * 1024;

/** @throws TakesLong where it would and `isPatient` does not say otherwise; what a small body is refused with. */
export function readLargeBody(bytes: Buffer, isPatient: boolean): ReadBody {
  checkUtf8(bytes);
  const range = findInput(bytes);
  const apart = range === null ? null : readApart(bytes, range, isPatient);
  if (apart !== null) return apart;
  // Tells what is wrong, where something is.
  checkCost(scanJson(bytes, { from: 0, to: bytes.length }), isPatient);
  return { fields: parseObject(bytes.toString()), input: null };
}

/**
 * JSON is what has JSON in place of a value that is JSON. The mark must have become the value of `input`, so that no
 * later field of that name counts instead.
 */
function readApart(bytes: Buffer, range: ByteRange, isPatient: boolean): ReadBody | null {
  // What is parsed has been looked at before.
  if (bytes.length - (range.to - range.from) > AROUND_BYTES_MAX) return null;
  const scan = scanJson(bytes, range);
  if (!scan.isJson) return null;
  checkCost(scan, isPatient);
  const mark = randomUUID();
  const around = `${bytes.toString('utf8', 0, range.from)}"${mark}"${bytes.toString('utf8', range.to)}`;
  let fields: Json;
  try {
    fields = JSON.parse(withoutMark(around));
  } catch {
    return null;
  }
  if (!isJsonObject(fields) || fields.input !== mark) return null;
  const input = new InputText(bytes, range, scan.members);
  const levels = limit('bodyDepthMax');
  if (scan.depth >= levels || scan.mayOverflow)
    checkObject({ ...fields, input: input.value }, bytes.length, true);
  else checkObject(fields, around.length, mayOverflow(around));
  return { fields, input };
}

/** Of what an engine does with a value, only these are dear. */
export function checkCost(
  { shapes, containers }: Pick<JsonScan, 'shapes' | 'containers'>,
  isPatient: boolean,
): void {
  const shapesMax = limit('bodyShapesMax');
  if (shapes > shapesMax) {
    const message = `The request body has objects with too many different names (about ${shapes}, and ${shapesMax} are taken); send them as a list of pairs, or as a file.`;
    throw new PawlError('PAWL_BODY_TOO_LARGE', message);
  }
  const isDear = shapes > limit('quickBodyShapesMax') || containers > limit('quickBodyContainersMax');
  if (isDear && !isPatient) throw new TakesLong();
}
