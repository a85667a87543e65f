// The OpenAPI document that the worker reported, compiled once: what the service checks inputs with.
import { PawlError } from '../../errors.ts';
import type { Mode, PredictorDescription } from '../../protocol/control-messages.ts';
import { type InputCheck, inputCheck } from './input-check.ts';
import { schemaCompiler } from './input-validator.ts';
import { inputSchemaName } from './openapi-schema.ts';

export interface PredictorSchema {
  readonly check: { readonly [M in Mode]: InputCheck };
  /** Set where a schema did not compile: then nothing is accepted, rather than everything. */
  readonly error: PawlError | null;
}

export function compilePredictorSchema(predictor: PredictorDescription): PredictorSchema {
  const { document } = predictor;
  try {
    const compiler = schemaCompiler(document);
    const training = inputSchemaName(document, 'train');
    const predict = inputCheck(document, 'Input', compiler);
    const train = training === 'Input' ? predict : inputCheck(document, training, compiler);
    return { check: { predict, train }, error: null };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = new PawlError(
      'PAWL_INTERNAL',
      `the input schema in the predictor's OpenAPI document does not compile (${reason}); no input can be checked`,
      { cause },
    );
    const refuse = () => {
      throw error;
    };
    return { check: { predict: refuse, train: refuse }, error };
  }
}
