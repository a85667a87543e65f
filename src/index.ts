// The public API: what `import … from 'pawl'` gives. Explicit names only, and nothing that costs time to import.
import type { ServeOptions, Server } from './server/serve.ts';

export { active } from './predictor/active.ts';
export { CancelationError } from './predictor/cancelation.ts';
export {
  type Definition,
  definePredictor,
  type InputOf,
  type JsonSchema,
  type Schema,
  type SetupOptions,
} from './predictor/definition.ts';
export { choices, file, secret } from './predictor/input-fields.ts';
export { interruptible, isCancelable } from './predictor/interruptible.ts';
export {
  OutputFile,
  type OutputFileOptions,
  type OutputFileSource,
  outputFile,
} from './predictor/output-file.ts';
export { PawlFile, type PawlFileParts } from './predictor/pawl-file.ts';
export { currentScope, type MetricMode, type Metrics, type Scope } from './predictor/scope.ts';
export { Secret } from './predictor/secret.ts';
export type { ServeOptions, Server };

/** Hosts a server in this program. It is loaded only now: a predictor that imports this package never needs it. */
export async function serve(options: ServeOptions): Promise<Server> {
  const server = await import('./server/serve.ts');
  return server.serve(options);
}
