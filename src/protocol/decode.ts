// unknown → message. Decoding happens once, at the edge; inside, the types are trusted. Each table must name every
// message of its union, or it does not compile.
import { isObject } from '../base/json.ts';
import { isErrorCode, PawlError } from '../errors.ts';
import { URL_ACCESS } from '../net/url-rules.ts';
import type {
  Begin,
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

const id = (raw: Raw) => asPredictionId(field.text(raw.id, 'id'));
const slot = (raw: Raw) => asSlotIndex(field.count(raw.slot, 'slot'));

function wireError(raw: Raw): WireError {
  const error = field.object(raw.error, 'error');
  const code = error.code;
  return {
    name: field.text(error.name, 'name'),
    message: field.text(error.message, 'message'),
    stack: field.textOrNull(error.stack, 'stack'),
    code: isErrorCode(code) ? code : 'PAWL_PREDICT_FAILED',
  };
}

function inputPayload(raw: Raw): InputPayload {
  const value = field.object(raw.input, 'input');
  if (value.in !== 'file') return { in: 'message', value: field.json(value.value, 'value') };
  const [from, to] = [field.count(value.from, 'from'), field.count(value.to, 'to')];
  return { in: 'file', path: field.text(value.path, 'path'), from, to };
}

function payload(raw: Raw): Payload {
  const value = field.object(raw.payload, 'payload');
  return value.in === 'file'
    ? { in: 'file', path: field.text(value.path, 'path'), places: field.counts(value.places, 'places') }
    : { in: 'message', value: field.json(value.value, 'value') };
}

function predictor(raw: Raw): PredictorDescription {
  const value = field.object(raw.predictor, 'predictor');
  return {
    document: field.jsonObject(value.document, 'document'),
    hasTrain: field.flag(value.hasTrain, 'hasTrain'),
    hasHealthcheck: field.flag(value.hasHealthcheck, 'hasHealthcheck'),
  };
}

function inputFile(raw: Raw): InputFile {
  return {
    pointer: field.text(raw.pointer, 'pointer'),
    path: field.text(raw.path, 'path'),
    name: field.text(raw.name, 'name'),
    mediaType: field.text(raw.mediaType, 'mediaType'),
    from: field.oneOf(raw.from, 'from', ['part', 'url']),
  };
}

function outputFile(raw: Raw): OutputFile {
  return {
    pointer: field.text(raw.pointer, 'pointer'),
    path: field.text(raw.path, 'path'),
    mediaType: field.textOrNull(raw.mediaType, 'mediaType'),
    name: field.text(raw.name, 'name'),
    temporary: field.flag(raw.temporary, 'temporary'),
  };
}

function inputIssue(raw: Raw): InputIssue {
  const path = Array.isArray(raw.path) ? raw.path : [];
  return {
    path: path.map((key) => (typeof key === 'number' ? key : String(key))),
    message: field.text(raw.message, 'message'),
  };
}

function capturePipes(raw: Raw): CapturePipes {
  return { stdout: field.count(raw.stdout, 'stdout'), stderr: field.count(raw.stderr, 'stderr') };
}

/** A worker that measures nothing may leave it out. */
function usage(raw: Raw): Usage | null {
  if (raw.usage === null || raw.usage === undefined) return null;
  const value = field.object(raw.usage, 'usage');
  return {
    setupMs: field.count(value.setupMs, 'setupMs'),
    cpuMs: field.countOrNull(value.cpuMs, 'cpuMs'),
    memoryPeakBytes: field.countOrNull(value.memoryPeakBytes, 'memoryPeakBytes'),
    subprocessCpuMs: field.countOrNull(value.subprocessCpuMs, 'subprocessCpuMs'),
    subprocessMemoryPeakBytes: field.countOrNull(
      value.subprocessMemoryPeakBytes,
      'subprocessMemoryPeakBytes',
    ),
  };
}

function context(raw: Raw): { [key: string]: string } {
  const entries = Object.entries(field.object(raw.context, 'context'));
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

const CONTROL_REQUESTS: Decoders<ControlRequest> = {
  init: (raw) => ({
    type: 'init',
    protocol: field.count(raw.protocol, 'protocol'),
    worker: asWorkerIndex(field.count(raw.worker, 'worker')),
    purpose: field.oneOf(raw.purpose, 'purpose', ['serve', 'schema']),
    mode: field.oneOf(raw.mode, 'mode', MODES),
    predictorExport: field.textOrNull(raw.predictorExport, 'predictorExport'),
    concurrency: field.countOrNull(raw.concurrency, 'concurrency'),
    slotToken: field.text(raw.slotToken, 'slotToken'),
    weights: field.textOrNull(raw.weights, 'weights'),
    inputFileBytesMax: field.count(raw.inputFileBytesMax, 'inputFileBytesMax'),
    downloadMs: field.count(raw.downloadMs, 'downloadMs'),
    userAgent: field.textOrNull(raw.userAgent, 'userAgent'),
    urlAccess: field.oneOf(raw.urlAccess, 'urlAccess', URL_ACCESS),
    urlHosts: field.texts(raw.urlHosts, 'urlHosts'),
    cancelGraceMs: field.countOrNull(raw.cancelGraceMs, 'cancelGraceMs'),
    cancelTermMs: field.count(raw.cancelTermMs, 'cancelTermMs'),
  }),
  cancel: (raw) => ({ type: 'cancel', slot: slot(raw), run: field.count(raw.run, 'run') }),
  healthcheck: (raw) => ({ type: 'healthcheck', id: asHealthcheckId(field.text(raw.id, 'id')) }),
  shutdown: () => ({ type: 'shutdown' }),
};

const CONTROL_EVENTS: Decoders<ControlEvent> = {
  hello: (raw) => ({
    type: 'hello',
    protocol: field.count(raw.protocol, 'protocol'),
    pid: field.count(raw.pid, 'pid'),
    node: field.text(raw.node, 'node'),
    uninterruptible: field.textOrNull(raw.uninterruptible, 'uninterruptible'),
    pipes: raw.pipes === null ? null : capturePipes(field.object(raw.pipes, 'pipes')),
  }),
  loaded: (raw) => ({
    type: 'loaded',
    predictor: predictor(raw),
    slots: field.count(raw.slots, 'slots'),
    pipes: field.list(raw.pipes, 'pipes', capturePipes),
    carries: raw.carries === true,
  }),
  described: (raw) => ({ type: 'described', predictor: predictor(raw) }),
  ready: () => ({ type: 'ready' }),
  setup_failed: (raw) => ({ type: 'setup_failed', error: wireError(raw) }),
  log: (raw) => ({
    type: 'log',
    stream: field.oneOf(raw.stream, 'stream', STREAMS),
    data: field.text(raw.data, 'data'),
    origin: field.oneOf(raw.origin, 'origin', ['setup', 'detached', 'unattributed']),
    id: raw.id === null ? null : id(raw),
  }),
  diagnostic: (raw) => ({
    type: 'diagnostic',
    level: field.oneOf(raw.level, 'level', ['debug', 'info', 'warn', 'error']),
    message: field.text(raw.message, 'message'),
  }),
  idle: (raw) => ({ type: 'idle', slot: slot(raw), id: id(raw) }),
  healthcheck_result: (raw) => ({
    type: 'healthcheck_result',
    id: asHealthcheckId(field.text(raw.id, 'id')),
    error: field.textOrNull(raw.error, 'error'),
  }),
  fatal: (raw) => ({ type: 'fatal', error: wireError(raw) }),
};

const SLOT_REQUESTS: Decoders<SlotRequest> = {
  predict: (raw) => ({
    type: 'predict',
    id: id(raw),
    run: field.count(raw.run, 'run'),
    mode: field.oneOf(raw.mode, 'mode', MODES),
    input: inputPayload(raw),
    files: field.list(raw.files, 'files', inputFile),
    context: context(raw),
  }),
};

// Terminal messages: a worker that sends idle tokens leaves `idle` out.
const SLOT_EVENTS: Decoders<SlotEvent> = {
  attach: (raw) => ({ type: 'attach', slot: slot(raw), token: field.text(raw.token, 'token') }),
  log: (raw) => ({
    type: 'log',
    id: id(raw),
    stream: field.oneOf(raw.stream, 'stream', STREAMS),
    data: field.text(raw.data, 'data'),
  }),
  output: (raw) => ({
    type: 'output',
    id: id(raw),
    kind: field.oneOf(raw.kind, 'kind', ['value', 'chunk']),
    index: field.count(raw.index, 'index'),
    payload: payload(raw),
    files: field.list(raw.files, 'files', outputFile),
  }),
  metric: (raw) => ({
    type: 'metric',
    id: id(raw),
    name: field.text(raw.name, 'name'),
    value: field.json(raw.value, 'value'),
    mode: field.oneOf(raw.mode, 'mode', ['replace', 'increment', 'append']),
  }),
  succeeded: (raw) => ({
    type: 'succeeded',
    output: field.oneOf(raw.output, 'output', ['value', 'list']),
    id: id(raw),
    predictMs: field.count(raw.predictMs, 'predictMs'),
    usage: usage(raw),
    idle: raw.idle === true,
  }),
  failed: (raw) => ({
    type: 'failed',
    error: wireError(raw),
    issues: field.list(raw.issues, 'issues', inputIssue),
    id: id(raw),
    predictMs: field.count(raw.predictMs, 'predictMs'),
    usage: usage(raw),
    idle: raw.idle === true,
  }),
  canceled: (raw) => ({
    type: 'canceled',
    id: id(raw),
    predictMs: field.count(raw.predictMs, 'predictMs'),
    usage: usage(raw),
    idle: raw.idle === true,
    stage: field.oneOf(raw.stage, 'stage', ['signal', 'interrupt', 'terminate', 'kill', 'worker']),
    cancelMs: field.count(raw.cancelMs, 'cancelMs'),
  }),
};

const BEGIN: Decoders<Begin> = {
  begin: (raw) => ({
    type: 'begin',
    workDir: field.text(raw.workDir, 'workDir'),
    slotSocketPath: field.text(raw.slotSocketPath, 'slotSocketPath'),
    predictorPath: field.text(raw.predictorPath, 'predictorPath'),
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
  try {
    return decoders[type as U['type']](raw);
  } catch (cause) {
    throw cause instanceof field.FieldError ? wrongField(type, cause) : cause;
  }
}

function wrongField(type: string, cause: field.FieldError): PawlError {
  return new PawlError('PAWL_PROTOCOL', `message ${type}: ${cause.message}`, { cause });
}

export const decodeBegin = (line: string): Begin => decode(BEGIN, line);
export const decodeControlRequest = (line: string): ControlRequest => decode(CONTROL_REQUESTS, line);
export const decodeControlEvent = (line: string): ControlEvent => decode(CONTROL_EVENTS, line);
export const decodeSlotRequest = (line: string): SlotRequest => decode(SLOT_REQUESTS, line);
export const decodeSlotEvent = (line: string): SlotEvent => decode(SLOT_EVENTS, line);
