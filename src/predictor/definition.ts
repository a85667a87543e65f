// definePredictor(): gives the object it gets back, typed. All checks are the loader's, so that a predictor behaves
// the same however it was declared.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Scope } from './scope.ts';

const BRAND = Symbol.for('pawl.Predictor');

/** A JSON Schema as a plain object. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** zod, or any other Standard Schema that can give JSON Schema; or a plain JSON Schema. */
export type Schema = StandardSchemaV1 | JsonSchema;

/** What predict() receives for a schema; with a plain JSON Schema, or without one, any object. */
export type InputOf<S> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<S>
  : Record<string, unknown>;

export interface SetupOptions {
  /** COG_WEIGHTS, or null. */
  readonly weights: string | null;
}

interface Parts<Input, TrainInput, Setup> {
  readonly input?: Input;
  readonly output?: Schema;
  /** Slots in one worker. More than one needs an async predict(). Default 1. */
  readonly concurrency?: number;
  /** false: clients get no event stream. */
  readonly streaming?: boolean;
  readonly trainInput?: TrainInput;
  readonly trainOutput?: Schema;
  /** Runs once per worker; what it returns is scope.state. Declare it before predict(), or its type stays unknown. */
  setup?(options: SetupOptions): Setup;
  /** `false`, or a throw, makes the server report UNHEALTHY. */
  healthcheck?(): unknown;
  train?(input: InputOf<TrainInput>, scope: Scope<Awaited<Setup>>): unknown;
}

type Predict<Input, Setup> = (input: InputOf<Input>, scope: Scope<Awaited<Setup>>) => unknown;

/** `run` is another name for `predict`; a predictor has one of them. */
export type Definition<Input, TrainInput, Setup> = Parts<Input, TrainInput, Setup> &
  (
    | { readonly predict: Predict<Input, Setup>; readonly run?: undefined }
    | { readonly run: Predict<Input, Setup>; readonly predict?: undefined }
  );

/** Declares a predictor; the types of `input` and of `scope.state` follow from the schema and from setup(). */
export function definePredictor<
  Input extends Schema = JsonSchema,
  TrainInput extends Schema = JsonSchema,
  Setup = undefined,
>(definition: Definition<Input, TrainInput, Setup>): Definition<Input, TrainInput, Setup> {
  const predictor = { ...definition };
  Object.defineProperty(predictor, BRAND, { value: true });
  return predictor;
}

export function isDefinedPredictor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && BRAND in value;
}
