// Takes request bodies that are too large for memory: to a file as they arrive, to the checker, and to the input of a
// prediction. Small ones pass by. Removes the files of those that no prediction has taken.
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyRequest, preParsingHookHandler } from 'fastify';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';
import type { Mode } from '../../../protocol/control-messages.ts';
import { diskFailure } from '../../files/file-failure.ts';
import { openStored } from '../../payload/shared-file.ts';
import { StoredInput, type TextRange } from '../../payload/stored-input.ts';
import { StoredValue } from '../../payload/stored-value.ts';
import { LargeInput } from '../../prediction/large-input.ts';
import type { PredictorSchema } from '../../prediction/predictor-schema.ts';
import { NotTaken, RequestRefused } from '../../prediction/refusal.ts';
import { makePrivateDirectory } from '../../work-directory.ts';
import { hasBody } from '../body.ts';
import { asRequestError } from '../error-reply.ts';
import { isForm } from '../upload/form.ts';
import type { GivenPart } from '../upload/form-part.ts';
import type { BodyChecker } from './body-checker.ts';
import { receiveBytes } from './body-file.ts';
import { shuttingDown } from './check-lane.ts';
import { type CheckedText, caughtIn, shownPath, type Verdict, valuePath } from './check-report.ts';
import { type StoredPart, writeForm } from './form-file.ts';

const LATER_MS = 5_000;

export interface LargeBodiesParts {
  readonly checker: BodyChecker;
  /** Asked for when there is a first one, and made. */
  readonly directory: () => string;
  readonly bodyBytesMax: number;
  readonly bytesMax?: number;
}

export interface LargeBody {
  readonly path: string;
  readonly size: number;
  /** Null: the body as it came. */
  readonly form: readonly StoredPart[] | null;
}

export interface HowChecked {
  readonly mode: Mode;
  readonly schema: PredictorSchema | null;
  readonly hasFiles: boolean;
}

/** An input among them is a LargeInput, where it is large. */
export interface LargeFields extends Disposable {
  readonly fields: Record<string, unknown>;
}

export class LargeBodies {
  readonly #parts: LargeBodiesParts;
  readonly #bytesMax: number;
  readonly #arrived = new WeakMap<FastifyRequest, LargeBody>();
  /** Of those that arrive or are checked. */
  #bytes = 0;
  #isClosed = false;

  constructor(parts: LargeBodiesParts) {
    this.#parts = parts;
    this.#bytesMax = parts.bytesMax ?? limit('largeBodiesBytesMax');
  }

  /** For routes that ask take() for what arrived here: Fastify sees an empty body in its place. */
  readonly receive: preParsingHookHandler = (request, reply, payload, done) => {
    const { headers } = request;
    const declared = Number(headers['content-length']);
    const isSmall = declared <= limit('inlineBytesMax');
    if (isSmall || !hasBody(headers) || isForm(headers)) return done(null, payload);
    if (declared > this.#parts.bodyBytesMax) return done(foreign('FST_ERR_CTP_BODY_TOO_LARGE'));
    this.#receive(request, payload, Number.isNaN(declared) ? null : declared).then(
      (instead) => {
        // Fastify may refuse it without asking anybody here, for its Content-Type.
        reply.raw.once('close', () => void this.#dropUntaken(request));
        done(null, instead);
      },
      (error) => done(error),
    );
  };

  /** Takes nothing from here on; what is being checked is refused. */
  close(): void {
    this.#isClosed = true;
    this.#parts.checker.close();
  }

  /** Was the body large, and nobody has taken it yet? */
  has(request: FastifyRequest): boolean {
    return this.#arrived.has(request);
  }

  /** Null where the body was small. Whoever takes it calls check() or drop(). */
  take(request: FastifyRequest): LargeBody | null {
    const body = this.#arrived.get(request) ?? null;
    this.#arrived.delete(request);
    return body;
  }

  /** Rejects with what a small body like that is refused with. */
  async check(body: LargeBody, { mode, schema, hasFiles }: HowChecked): Promise<LargeFields> {
    try {
      const document = schema?.document ?? null;
      const { path, form } = body;
      const report = await this.#parts.checker.check({ path, form, mode, document, hasFiles });
      return await fieldsOf(body, report, schema);
    } catch (error) {
      // The process may have died between writing and telling.
      await discard([body.path, valuePath(body.path), shownPath(body.path)]);
      throw error;
    } finally {
      this.#bytes -= body.size;
    }
  }

  /** A body that nobody checks. */
  async drop(body: LargeBody): Promise<void> {
    this.#bytes -= body.size;
    await discard([body.path]);
  }

  /** A form that has arrived, and is too large to be read and checked in the server. */
  async checkForm(parts: readonly GivenPart[], size: number, how: HowChecked): Promise<LargeFields> {
    this.#bytes += size;
    let body: LargeBody;
    try {
      if (this.#bytes > this.#bytesMax) throw noRoom(this.#bytesMax);
      const path = this.#place();
      body = { path, size, form: await writeForm(path, parts) };
    } catch (error) {
      this.#bytes -= size;
      throw error;
    }
    return this.check(body, how);
  }

  #place(): string {
    if (this.#isClosed) throw shuttingDown();
    this.#parts.checker.prepare();
    const directory = this.#parts.directory();
    makePrivateDirectory(directory);
    return path.join(directory, randomUUID());
  }

  async #dropUntaken(request: FastifyRequest): Promise<void> {
    const body = this.take(request);
    // What cannot be removed goes with the server's directory.
    if (body !== null) await this.drop(body).catch(() => {});
  }

  async #receive(request: FastifyRequest, payload: Readable, declared: number | null): Promise<Readable> {
    let size = 0;
    const meter = (bytes: number) => {
      size += bytes;
      this.#bytes += bytes;
      if (size > this.#parts.bodyBytesMax) throw foreign('FST_ERR_CTP_BODY_TOO_LARGE');
      if (this.#bytes > this.#bytesMax) throw noRoom(this.#bytesMax);
    };
    try {
      const memoryBytesMax = limit('inlineBytesMax');
      const received = await receiveBytes(payload, { memoryBytesMax, meter, path: () => this.#place() });
      if (declared !== null && declared !== size) throw foreign('FST_ERR_CTP_INVALID_CONTENT_LENGTH');
      if (received.in === 'memory') {
        this.#bytes -= size;
        return standIn(received.bytes, size);
      }
      this.#arrived.set(request, { path: received.path, size, form: null });
      return standIn(Buffer.alloc(0), size);
    } catch (error) {
      this.#bytes -= size;
      throw error;
    }
  }
}

/** Fastify compares the length of the body with its header, by this property where it is set. */
function standIn(bytes: Buffer, size: number): Readable {
  return Object.assign(Readable.from(bytes.length === 0 ? [] : [bytes]), { receivedEncodedLength: size });
}

async function fieldsOf(
  body: LargeBody,
  report: Verdict,
  schema: PredictorSchema | null,
): Promise<LargeFields> {
  if (report.type === 'refused') {
    const { code, message, issues, part } = report;
    const isForFields = code === 'PAWL_INPUT_INVALID' || code === 'PAWL_REQUEST_INVALID';
    throw issues !== null && isForFields
      ? new RequestRefused(code, issues, part)
      : new PawlError(code, message);
  }
  if (report.type === 'failed') throw diskFailure(caughtIn(report));
  const { fields, input } = report;
  if (input === null) {
    await discard([body.path]);
    return { fields, [Symbol.dispose]: () => {} };
  }
  const large = await largeInput(body, input, schema);
  return { fields: { ...fields, input: large }, [Symbol.dispose]: () => large[Symbol.dispose]() };
}

async function largeInput(
  body: LargeBody,
  { value, shown, warnings, issues, ownUrls }: CheckedText,
  schema: PredictorSchema | null,
): Promise<LargeInput> {
  try {
    const file = await openStored(shown.path);
    const left = new Set([body.path, shown.path].filter((one) => one !== value.path));
    await discard([...left]);
    const extra = shown.path === value.path ? 0 : length(shown);
    return new LargeInput({
      schema,
      issues,
      warnings,
      value: new StoredInput(value, ownUrls),
      shown: new StoredValue('json', [{ file, from: shown.from, to: shown.to, as: 'json' }]),
      bytes: length(value) + extra,
    });
  } catch (error) {
    await discard([value.path, shown.path]);
    throw error;
  }
}

function length({ from, to }: TextRange): number {
  return to - from;
}

async function discard(paths: readonly string[]): Promise<void> {
  for (const one of paths) await rm(one, { force: true });
}

function foreign(code: string): PawlError {
  return asRequestError(Object.assign(new Error(code), { code }));
}

function noRoom(bytesMax: number): PawlError {
  const message = `The large request bodies under way take all of the ${bytesMax} bytes that they may`;
  return new NotTaken('PAWL_AT_CAPACITY', message, LATER_MS);
}
