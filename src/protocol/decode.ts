// unknown → message. Decoding happens once, at the edge; inside, the types are trusted. Each table must name every
// message of its union, or it does not compile.
import { isObject } from '../base/json.ts';
import { isErrorCode, PawlError } from '../errors.ts';
import { URL_ACCESS } from '../net/url-rules.ts';
import type {
  CapturePipes,
  ControlEvent,
  ControlRequest,
  PredictorDescription,
  WireError,
} from './control-messages.ts';
import type { Raw } from './fields.ts';
import * as field from './fields.ts';
import { asHealthcheckId, asPredictionId, asSlotIndex, asWorkerIndex } from './ids.ts';
import type {
  InputFile,
  InputIssue,
  InputPayload,
  OutputFile,
  Payload,
  SlotEvent,
  SlotRequest,
  Usage,
} from './slot-messages.ts';

type Decoders<U extends { type: string }> = {
  readonly [K in U['type']]: (raw: Raw) => Extract<U, { type: K }>;
};

const STREAMS = ['stdout', 'stderr'] as const;
const MODES = ['predict', 'train'] as const;

const id = (raw: Raw) => asPredictionId(field.text(raw, 'id'));
const slot = (raw: Raw) => asSlotIndex(field.count(raw, 'slot'));

function wireError(raw: Raw): WireError {
  const error = field.object(raw, 'error');
  const code = error.code;
  return {
    name: field.text(error, 'name'),
    message: field.text(error, 'message'),
    stack: field.textOrNull(error, 'stack'),
    code: isErrorCode(code) ? code : 'PAWL_PREDICT_FAILED',
  };
}

function inputPayload(raw: Raw, name: string): InputPayload {
  const value = field.object(raw, name);
  if (value.in !== 'file') return { in: 'message', value: field.json(value, 'value') };
  const [from, to] = [field.count(value, 'from'), field.count(value, 'to')];
  return { in: 'file', path: field.text(value, 'path'), from, to };
}

function payload(raw: Raw, name: string): Payload {
  const value = field.object(raw, name);
  return value.in === 'file'
    ? { in: 'file', path: field.text(value, 'path'), places: field.counts(value, 'places') }
    : { in: 'message', value: field.json(value, 'value') };
}

function predictor(raw: Raw): PredictorDescription {
  const value = field.object(raw, 'predictor');
  return {
    document: field.jsonObject(value, 'document'),
    hasTrain: field.flag(value, 'hasTrain'),
    hasHealthcheck: field.flag(value, 'hasHealthcheck'),
  };
}

function inputFile(raw: Raw): InputFile {
  return {
    pointer: field.text(raw, 'pointer'),
    path: field.text(raw, 'path'),
    name: field.text(raw, 'name'),
    mediaType: field.text(raw, 'mediaType'),
    from: field.oneOf(raw, 'from', ['part', 'url']),
  };
}

function outputFile(raw: Raw): OutputFile {
  return {
    pointer: field.text(raw, 'pointer'),
    path: field.text(raw, 'path'),
    mediaType: field.textOrNull(raw, 'mediaType'),
    name: field.text(raw, 'name'),
    temporary: field.flag(raw, 'temporary'),
  };
}

function inputIssue(raw: Raw): InputIssue {
  const path = Array.isArray(raw.path) ? raw.path : [];
  return {
    path: path.map((key) => (typeof key === 'number' ? key : String(key))),
    message: field.text(raw, 'message'),
  };
}

function capturePipes(raw: Raw): CapturePipes {
  return { stdout: field.count(raw, 'stdout'), stderr: field.count(raw, 'stderr') };
}

/** A worker that measures nothing may leave it out. */
function usage(raw: Raw): Usage | null {
  if (raw.usage === null || raw.usage === undefined) return null;
  const value = field.object(raw, 'usage');
  return {
    setupMs: field.count(value, 'setupMs'),
    cpuMs: field.countOrNull(value, 'cpuMs'),
    memoryPeakBytes: field.countOrNull(value, 'memoryPeakBytes'),
    subprocessCpuMs: field.countOrNull(value, 'subprocessCpuMs'),
    subprocessMemoryPeakBytes: field.countOrNull(value, 'subprocessMemoryPeakBytes'),
  };
}

/** What every terminal message says. A worker that sends idle tokens leaves `idle` out. */
function terminal(raw: Raw) {
  return {
    id: id(raw),
    predictMs: field.count(raw, 'predictMs'),
    usage: usage(raw),
    idle: raw.idle === true,
  };
}

function context(raw: Raw): { [key: string]: string } {
  const entries = Object.entries(field.object(raw, 'context'));
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

const CONTROL_REQUESTS: Decoders<ControlRequest> = {
  init: (raw) => ({
    type: 'init',
    protocol: field.count(raw, 'protocol'),
    worker: asWorkerIndex(field.count(raw, 'worker')),
    purpose: field.oneOf(raw, 'purpose', ['serve', 'schema']),
    mode: field.oneOf(raw, 'mode', MODES),
    predictorPath: field.text(raw, 'predictorPath'),
    predictorExport: field.textOrNull(raw, 'predictorExport'),
    concurrency: field.countOrNull(raw, 'concurrency'),
    slotSocketPath: field.text(raw, 'slotSocketPath'),
    slotToken: field.text(raw, 'slotToken'),
    workDir: field.text(raw, 'workDir'),
    weights: field.textOrNull(raw, 'weights'),
    inputFileBytesMax: field.count(raw, 'inputFileBytesMax'),
    downloadMs: field.count(raw, 'downloadMs'),
    userAgent: field.textOrNull(raw, 'userAgent'),
    urlAccess: field.oneOf(raw, 'urlAccess', URL_ACCESS),
    urlHosts: field.texts(raw, 'urlHosts'),
    cancelGraceMs: field.countOrNull(raw, 'cancelGraceMs'),
    cancelTermMs: field.count(raw, 'cancelTermMs'),
  }),
  cancel: (raw) => ({ type: 'cancel', slot: slot(raw), run: field.count(raw, 'run') }),
  healthcheck: (raw) => ({ type: 'healthcheck', id: asHealthcheckId(field.text(raw, 'id')) }),
  shutdown: () => ({ type: 'shutdown' }),
};

const CONTROL_EVENTS: Decoders<ControlEvent> = {
  hello: (raw) => ({
    type: 'hello',
    protocol: field.count(raw, 'protocol'),
    pid: field.count(raw, 'pid'),
    node: field.text(raw, 'node'),
    uninterruptible: field.textOrNull(raw, 'uninterruptible'),
    pipes: raw.pipes === null ? null : capturePipes(field.object(raw, 'pipes')),
  }),
  loaded: (raw) => ({
    type: 'loaded',
    slots: field.count(raw, 'slots'),
    pipes: field.list(raw, 'pipes', capturePipes),
    carries: raw.carries === true,
  }),
  described: (raw) => ({ type: 'described', predictor: predictor(raw) }),
  ready: (raw) => ({ type: 'ready', predictor: predictor(raw) }),
  setup_failed: (raw) => ({ type: 'setup_failed', error: wireError(raw) }),
  log: (raw) => ({
    type: 'log',
    stream: field.oneOf(raw, 'stream', STREAMS),
    data: field.text(raw, 'data'),
    origin: field.oneOf(raw, 'origin', ['setup', 'detached', 'unattributed']),
    id: raw.id === null ? null : id(raw),
  }),
  diagnostic: (raw) => ({
    type: 'diagnostic',
    level: field.oneOf(raw, 'level', ['debug', 'info', 'warn', 'error']),
    message: field.text(raw, 'message'),
  }),
  idle: (raw) => ({ type: 'idle', slot: slot(raw), id: id(raw) }),
  healthcheck_result: (raw) => ({
    type: 'healthcheck_result',
    id: asHealthcheckId(field.text(raw, 'id')),
    error: field.textOrNull(raw, 'error'),
  }),
  fatal: (raw) => ({ type: 'fatal', error: wireError(raw) }),
};

const SLOT_REQUESTS: Decoders<SlotRequest> = {
  predict: (raw) => ({
    type: 'predict',
    id: id(raw),
    run: field.count(raw, 'run'),
    mode: field.oneOf(raw, 'mode', MODES),
    input: inputPayload(raw, 'input'),
    files: field.list(raw, 'files', inputFile),
    context: context(raw),
  }),
};

const SLOT_EVENTS: Decoders<SlotEvent> = {
  attach: (raw) => ({ type: 'attach', slot: slot(raw), token: field.text(raw, 'token') }),
  log: (raw) => ({
    type: 'log',
    id: id(raw),
    stream: field.oneOf(raw, 'stream', STREAMS),
    data: field.text(raw, 'data'),
  }),
  output: (raw) => ({
    type: 'output',
    id: id(raw),
    kind: field.oneOf(raw, 'kind', ['value', 'chunk']),
    index: field.count(raw, 'index'),
    payload: payload(raw, 'payload'),
    files: field.list(raw, 'files', outputFile),
  }),
  metric: (raw) => ({
    type: 'metric',
    id: id(raw),
    name: field.text(raw, 'name'),
    value: field.json(raw, 'value'),
    mode: field.oneOf(raw, 'mode', ['replace', 'increment', 'append']),
  }),
  succeeded: (raw) => ({
    type: 'succeeded',
    output: field.oneOf(raw, 'output', ['value', 'list']),
    ...terminal(raw),
  }),
  failed: (raw) => ({
    type: 'failed',
    error: wireError(raw),
    issues: field.list(raw, 'issues', inputIssue),
    ...terminal(raw),
  }),
  canceled: (raw) => ({
    type: 'canceled',
    ...terminal(raw),
    stage: field.oneOf(raw, 'stage', ['signal', 'interrupt', 'terminate', 'kill', 'worker']),
    cancelMs: field.count(raw, 'cancelMs'),
  }),
};

function decode<U extends { type: string }>(decoders: Decoders<U>, line: string): U {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch (cause) {
    throw new PawlError('PAWL_PROTOCOL', `a line is not JSON: ${JSON.stringify(line.slice(0, 200))}`, {
      cause,
    });
  }
  const type = isObject(raw) ? raw.type : undefined;
  if (!isObject(raw) || typeof type !== 'string' || !Object.hasOwn(decoders, type)) {
    throw new PawlError('PAWL_PROTOCOL', `unknown message: ${JSON.stringify(line.slice(0, 200))}`);
  }
  return decoders[type as U['type']](raw);
}

export const decodeControlRequest = (line: string): ControlRequest => decode(CONTROL_REQUESTS, line);
export const decodeControlEvent = (line: string): ControlEvent => decode(CONTROL_EVENTS, line);
export const decodeSlotRequest = (line: string): SlotRequest => decode(SLOT_REQUESTS, line);
export const decodeSlotEvent = (line: string): SlotEvent => decode(SLOT_EVENTS, line);
