// What `import … from 'pawl'` gives, but for serve(). Explicit names only, and nothing that costs time to import but zod.
export { active } from './active.ts';
export { CancelationError } from './cancelation.ts';
export {
  type Definition,
  definePredictor,
  type InputOf,
  type JsonSchema,
  type Schema,
  type SetupOptions,
} from './definition.ts';
export { choices, file, secret } from './input-fields.ts';
export { interruptible, isCancelable } from './interruptible.ts';
export {
  OutputFile,
  type OutputFileOptions,
  type OutputFileSource,
  outputFile,
} from './output-file.ts';
export { PawlFile, type PawlFileParts } from './pawl-file.ts';
export { currentScope, type MetricMode, type Metrics, type Scope } from './scope.ts';
export { Secret } from './secret.ts';
