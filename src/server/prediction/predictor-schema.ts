// The OpenAPI document that the worker reported, compiled once: what the service checks inputs with.
import type { JsonObject } from '../../base/json.ts';
import { PawlError } from '../../errors.ts';
import type { Mode, PredictorDescription } from '../../protocol/control-messages.ts';
import { type InputCheck, inputCheck, type Measure } from './input-check.ts';
import { schemaCompiler } from './input-validator.ts';
import { child, inputSchemaName } from './openapi-schema.ts';

export interface PredictorSchema {
  readonly document: JsonObject;
  readonly check: { readonly [M in Mode]: InputCheck };
  /** False where the predictor says `streaming: false`. */
  readonly streams: boolean;
  /** Set where a schema did not compile: then nothing is accepted, rather than everything. */
  readonly error: PawlError | null;
}

export function compilePredictorSchema(predictor: PredictorDescription, measure?: Measure): PredictorSchema {
  const { document } = predictor;
  const streams = doesStream(document);
  try {
    const compiler = schemaCompiler(document);
    const training = inputSchemaName(document, 'train');
    const predict = inputCheck(document, 'Input', compiler, measure);
    const train = training === 'Input' ? predict : inputCheck(document, training, compiler, measure);
    return { document, check: { predict, train }, streams, error: null };
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
    return { document, check: { predict: refuse, train: refuse }, streams, error };
  }
}

function doesStream(document: JsonObject): boolean {
  const post = ['paths', '/predictions', 'post'].reduce<JsonObject | null>(
    (at, key) => (at === null ? null : child(at, key)),
    document,
  );
  return post?.['x-cog-streaming'] === true;
}
