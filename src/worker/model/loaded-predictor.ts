// One shape for the three predictor forms: what load.ts makes of a reference and everything else in model/ works with.
import type { Json, JsonObject } from '../../base/json.ts';
import type { Scope } from '../../predictor/scope.ts';
import type { InputIssue } from '../../protocol/slot-messages.ts';

/** Where an input holds a file: property names from the root; null stands for each item of a list or value of a dict. */
export type FilePath = readonly (string | null)[];

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

export interface InputSchema {
  /** JSON Schema (2020-12) of the input side, as the library or the user gave it. */
  readonly json: JsonObject;
  readonly files: readonly FilePath[];
  /** Applies defaults and transforms. Files are PawlFile instances by then. */
  check(input: Record<string, unknown>): Promise<Checked<Record<string, unknown>>>;
}

export interface OutputSchema {
  readonly json: JsonObject;
  /** Checks an already encoded value. */
  check(value: Json): readonly InputIssue[];
  /** Where a list is declared: what checks one item of it, as a generator yields it. Else null. */
  readonly items: OutputSchema | null;
}

/** A task is what a prediction runs: predict() or train(). */
export interface Task {
  readonly name: 'predict' | 'run' | 'train';
  /** null: any object is accepted. */
  readonly input: InputSchema | null;
  /** null: any value is accepted. */
  readonly output: OutputSchema | null;
  /** From the declaration; only decides whether more than one slot is allowed. What a call returns decides the rest. */
  readonly isAsync: boolean;
  /** From the declaration, for the document: a generator function, or an async one. */
  readonly isGenerator: boolean;
  call(input: unknown, scope: Scope): unknown;
}

export interface LoadedPredictor {
  readonly predict: Task;
  readonly train: Task | null;
  /** Declared slots; null where nothing was declared. */
  readonly concurrency: number | null;
  /** False where the predictor says `streaming: false`. */
  readonly streaming: boolean;
  /** What it returns becomes scope.state. Null where there is none. */
  readonly setup: ((options: { weights: string | null }) => unknown) | null;
  readonly healthcheck: (() => unknown) | null;
}
