// Errors about a predictor's schema: which one it is, what is wrong with it, and how to mend it.
import { PawlError } from '../../../errors.ts';

/** Which schema is meant, for instance `the input schema of predict.ts (export Predictor)`. */
export type SchemaName = string;

export function schemaError(name: SchemaName, reason: string, cause?: unknown): PawlError {
  return new PawlError('PAWL_PREDICTOR_INVALID', `${name} ${reason}`, cause === undefined ? {} : { cause });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
