// The process that checks large bodies for the server, one after the other. Its memory is not the server's, and its event
// loop nobody waits for. Runs no user code; ends with the channel to the server.
import { readFileSync, writeFileSync } from 'node:fs';
import { inputFields } from '../../prediction/field-kinds.ts';
import { compilePredictorSchema, type PredictorSchema } from '../../prediction/predictor-schema.ts';
import { checkBody } from './check-body.ts';
import { type CheckReport, type CheckRequest, failedCheck, isRequest } from './check-report.ts';
import { openFields } from './open-fields.ts';
import { TakesLong } from './read-body.ts';

/** The server counts the bytes of the text. */
const UNMEASURED = () => 0;

let schema: PredictorSchema | null = null;

// Where memory runs out the system is to end this process, and not the server or a worker with a model in it.
try {
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // No Linux, or not allowed: it chooses by size alone.
}

process.on('message', (message) => {
  if (isRequest(message)) process.send?.(answered(message));
});
process.on('disconnect', () => process.exit());
// The terminal tells everybody; the server decides.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

function answered(request: CheckRequest): CheckReport {
  try {
    return answer(request);
  } catch (error) {
    return error instanceof TakesLong ? { type: 'dear' } : failedCheck(error);
  }
}

function answer(request: CheckRequest): CheckReport {
  const { path, form, mode, document, hasSchema, hasFiles, isPatient } = request;
  if (document !== null)
    schema = compilePredictorSchema({ document, hasTrain: false, hasHealthcheck: false }, UNMEASURED);
  const isUsable = hasSchema && schema !== null && schema.error === null;
  const check = isUsable ? (schema?.check[mode] ?? null) : null;
  const known = schema?.document ?? {};
  const checks = {
    check,
    fields: inputFields(known, mode),
    open: openFields(known, mode),
    hasFiles,
    isPatient,
  };
  return checkBody({ path, form, bytes: readFileSync(path) }, checks);
}
