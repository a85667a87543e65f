// The three forms of a predictor → LoadedPredictor: a class, an object (from definePredictor or plain), a function.
// Knows where each form keeps its parts; what the parts must be is forms-parts.ts.
import { PawlError } from '../../errors.ts';
import { isDefinedPredictor } from '../../predictor/definition.ts';
import { errorLine } from '../thrown.ts';
import { type Parts, readParts } from './forms-parts.ts';
import type { LoadedPredictor } from './loaded-predictor.ts';

/** Where a predictor comes from, for messages. */
export interface PredictorPlace {
  readonly file: string;
  readonly exportName: string;
}

type AnyFunction = (...args: never[]) => unknown;
type AnyClass = new () => object;

/** Cheap: may this export be meant as a predictor? Whether it is a valid one shows when it is read. */
export function isPredictorLike(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return isDefinedPredictor(value) || hasMethod(value, 'predict') || hasMethod(value, 'run');
}

/** @throws PawlError PAWL_PREDICTOR_INVALID; PAWL_LOAD_FAILED where the constructor throws. */
export function toPredictor(value: unknown, place: PredictorPlace): LoadedPredictor {
  const where = `${place.file} (export ${place.exportName})`;
  if (isClass(value)) return readParts(classParts(value, where));
  if (isFunction(value)) return readParts(functionParts(value, place, where));
  if (typeof value === 'object' && value !== null) return readParts(objectParts(value, where));
  const what = value === null ? 'null' : `a ${typeof value}`;
  throw new PawlError(
    'PAWL_PREDICTOR_INVALID',
    `${where} is ${what}, not a class, a function or an object with predict()`,
  );
}

function classParts(predictorClass: AnyClass, where: string): Parts {
  const instance = construct(predictorClass, where);
  return {
    where,
    what: `the class ${predictorClass.name || 'of this export'}`,
    self: instance,
    method: (name) => Reflect.get(instance, name),
    // Statics first: `this.output` may be the predictor's own business.
    setting: (name) => Reflect.get(predictorClass, name) ?? Reflect.get(instance, name),
  };
}

function construct(predictorClass: AnyClass, where: string): object {
  try {
    return new predictorClass();
  } catch (cause) {
    throw new PawlError('PAWL_LOAD_FAILED', `the constructor of ${where} threw ${errorLine(cause)}`, {
      cause,
    });
  }
}

function objectParts(object: object, where: string): Parts {
  const read = (name: string): unknown => Reflect.get(object, name);
  return { where, what: 'the object', self: object, method: read, setting: read };
}

/** A function that is called `train` does that too, so that it can be the whole of a training's reference. */
function functionParts(fn: AnyFunction, place: PredictorPlace, where: string): Parts {
  const isTrain = place.exportName === 'train' || fn.name === 'train';
  const own = (name: string): unknown => (Object.hasOwn(fn, name) ? Reflect.get(fn, name) : undefined);
  const trainSettings: Record<string, string> = { trainInput: 'input', trainOutput: 'output' };
  return {
    where,
    what: 'the function',
    self: undefined,
    method: (name) => {
      if (name === 'predict' || (name === 'train' && isTrain)) return fn;
      return own(name);
    },
    setting: (name) =>
      own(name) ?? (isTrain && name in trainSettings ? own(trainSettings[name] ?? '') : undefined),
  };
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

/** Also where a compiler turned it into a function: then its methods are on the prototype. */
function isClass(value: unknown): value is AnyClass {
  if (typeof value !== 'function') return false;
  if (/^class\b/.test(Function.prototype.toString.call(value))) return true;
  const prototype: unknown = value.prototype;
  if (typeof prototype !== 'object' || prototype === null) return false;
  // A generator function has a prototype as well, which inherits `next` and nothing of these.
  return ['predict', 'run', 'setup', 'train'].some((name) => hasMethod(prototype, name));
}

function hasMethod(value: object, name: string): boolean {
  return typeof Reflect.get(value, name) === 'function';
}
