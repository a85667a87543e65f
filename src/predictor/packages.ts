// The packages that most predictors import, and nothing else: compiled to one script, which costs a worker a fifth of what
// their modules do. src/worker/model/own-packages.ts decides for whom it stands in for them.

export * as zod from 'zod';
export * as pawl from './api.ts';
