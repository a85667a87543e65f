// The parts of a predictor, wherever its form keeps them → LoadedPredictor. Every part is checked here, so that the
// three forms cannot differ in what they accept.
import { inspect } from 'node:util';
import { PawlError } from '../../errors.ts';
import type { LoadedPredictor, Task } from './loaded-predictor.ts';
import { inputSchema } from './schema/input-schema.ts';
import { outputSchema } from './schema/output-schema.ts';

export interface Parts {
  /** File and export, for messages. */
  readonly where: string;
  /** `the class Predictor`, for messages. */
  readonly what: string;
  /** `this` of the methods. */
  readonly self: unknown;
  method(name: string): unknown;
  setting(name: string): unknown;
}

type Method = (...args: unknown[]) => unknown;

const ASYNC = new Set(['AsyncFunction', 'AsyncGeneratorFunction']);
const GENERATOR = new Set(['GeneratorFunction', 'AsyncGeneratorFunction']);

/** @throws PawlError PAWL_PREDICTOR_INVALID */
export function readParts(parts: Parts): LoadedPredictor {
  const train = method(parts, 'train');
  const setup = method(parts, 'setup');
  const healthcheck = method(parts, 'healthcheck');
  return {
    predict: predictTask(parts),
    train: train === null ? null : task('train', train, parts),
    concurrency: concurrency(parts),
    streaming: streaming(parts),
    setup: setup === null ? null : (options) => Reflect.apply(setup, parts.self, [options]),
    healthcheck: healthcheck === null ? null : () => Reflect.apply(healthcheck, parts.self, []),
  };
}

function predictTask(parts: Parts): Task {
  const predict = method(parts, 'predict');
  const run = method(parts, 'run');
  if (predict !== null && run !== null) {
    throw invalid(parts, 'has both predict() and run(), two names for one thing: keep one of them');
  }
  if (predict !== null) return task('predict', predict, parts);
  if (run !== null) return task('run', run, parts);
  throw invalid(parts, 'has neither predict() nor run(): give it one of them, and not as a static');
}

function task(name: Task['name'], call: Method, parts: Parts): Task {
  const [input, output] = name === 'train' ? ['trainInput', 'trainOutput'] : ['input', 'output'];
  const declared = { input: parts.setting(input), output: parts.setting(output) };
  const kind = call.constructor.name;
  return {
    name,
    input: isAbsent(declared.input) ? null : inputSchema(declared.input, `${input} of ${parts.where}`),
    output: isAbsent(declared.output) ? null : outputSchema(declared.output, `${output} of ${parts.where}`),
    isAsync: ASYNC.has(kind),
    isGenerator: GENERATOR.has(kind),
    call: (value, scope) => Reflect.apply(call, parts.self, [value, scope]),
  };
}

function method(parts: Parts, name: string): Method | null {
  const value = parts.method(name);
  if (isAbsent(value)) return null;
  if (isMethod(value)) return value;
  throw invalid(parts, `has a ${name} that is no function but ${shown(value)}`);
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function concurrency(parts: Parts): number | null {
  const value = parts.setting('concurrency');
  if (isAbsent(value)) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(parts, `has concurrency ${shown(value)}: it is the number of slots, a positive integer`);
}

function streaming(parts: Parts): boolean {
  const value = parts.setting('streaming');
  if (isAbsent(value)) return true;
  if (typeof value === 'boolean') return value;
  throw invalid(parts, `has streaming ${shown(value)}: it is true or false`);
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function invalid(parts: Parts, problem: string): PawlError {
  return new PawlError('PAWL_PREDICTOR_INVALID', `${parts.what} in ${parts.where} ${problem}`);
}

function shown(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : inspect(value, { depth: 0, breakLength: Infinity });
}
